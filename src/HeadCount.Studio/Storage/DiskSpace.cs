using Microsoft.Data.Sqlite;
using Npgsql;

namespace HeadCount.Studio.Storage;

/// <summary>Knows a full disk from other failures, whoever met it.</summary>
internal static class DiskSpace
{
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
