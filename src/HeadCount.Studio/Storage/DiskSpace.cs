using Microsoft.Data.Sqlite;
using Npgsql;

namespace HeadCount.Studio.Storage;

/// <summary>Knows a full disk, and a database that is away, from other failures, whoever met them.</summary>
internal static class DiskSpace
{
    /// <summary>Bytes that are free where a folder is; null where it cannot be told.</summary>
    internal static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether the database did not answer; it may the next time.</summary>
    internal static bool IsDatabaseAway(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            // SQLITE_BUSY, SQLITE_LOCKED.
            if (e is NpgsqlException { IsTransient: true } or SqliteException { SqliteErrorCode: 5 or 6 })
                return true;
        }
        return false;
    }

    internal static bool IsExhausted(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                // ENOSPC, ERROR_DISK_FULL.
                case IOException when (e.HResult & 0xffff) is 28 or 112:
                // SQLITE_FULL.
                case SqliteException { SqliteErrorCode: 13 }:
                case PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                    return true;
            }
        }
        return false;
    }
}
