using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HeadCount.IO;

/// <summary>
/// Writes files that appear whole or not at all: written beside their place, then renamed into it. A link is followed, and the
/// file that it leads to keeps its permissions; a pipe or device is written to, not replaced. What a killed program has left
/// beside goes when the next one writes into the same folder.
/// </summary>
public static class WholeFile
{
    private const string Prefix = ".headcount-";

    // Folders of another machine may be seen here: its processes are not ours to judge.
    private static readonly string s_machine = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Environment.MachineName)))[..6];
    private static readonly string s_own = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{s_machine}-{Environment.ProcessId}-");
    private static readonly ConcurrentDictionary<string, bool> s_unfinished = [], s_cleaned = [];
    private static long s_last;

    static WholeFile() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (string file in s_unfinished.Keys)
            Remove(file);
    };

    /// <summary>Writes <paramref name="path"/> with what <paramref name="write"/> puts into the stream it is given.
    /// An existing file is replaced; when anything fails, it stays as it was and nothing else is left behind.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        WriteByPath(path, beside =>
        {
            using var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write);
            write(stream);
        });
    }

    /// <summary>As <see cref="Write"/>, for text in UTF-8.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>As <see cref="Write"/>, for writers that want a path: <paramref name="write"/> is given one in the
    /// same folder, with the same extension, and must create a file there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void WriteByPath(string path, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        bool special = FileKind.IsSpecial(full);
        if (!special && new FileInfo(full) is { LinkTarget: not null } link)
            full = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        string folder = special ? Path.GetTempPath() : Path.GetDirectoryName(full)!;
        if (!special && s_cleaned.TryAdd(folder, true))
            RemoveLeftovers(folder);
        string beside = Path.Combine(folder,
            string.Create(CultureInfo.InvariantCulture, $"{s_own}{Interlocked.Increment(ref s_last)}{Path.GetExtension(full)}"));
        s_unfinished[beside] = true;
        try
        {
            write(beside);
            if (special)
            {
                using FileStream from = File.OpenRead(beside), to = new(full, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                from.CopyTo(to);
            }
            else
            {
                if (!OperatingSystem.IsWindows() && File.Exists(full))
                    File.SetUnixFileMode(beside, File.GetUnixFileMode(full));
                File.Move(beside, full, overwrite: true);
            }
        }
        finally
        {
            Remove(beside);
            s_unfinished.TryRemove(beside, out _);
        }
    }

    /// <summary>Removes what programs of this machine have left in a folder that were killed while they wrote.</summary>
    private static void RemoveLeftovers(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string file in Directory.EnumerateFiles(folder, $"{Prefix}{s_machine}-*"))
        {
            string[] parts = Path.GetFileName(file).Split('-', '.');
            if (!s_unfinished.ContainsKey(file) && parts.Length > 3
                && int.TryParse(parts[3], CultureInfo.InvariantCulture, out int process) && HasEnded(process, file))
                Remove(file);
        }
    }

    // A number may be another process's by now, one that began after the file was written.
    private static bool HasEnded(int process, string file)
    {
        if (process == Environment.ProcessId)
            return true;
        try
        {
            using var other = Process.GetProcessById(process);
            return other.StartTime > File.GetLastWriteTime(file) + TimeSpan.FromSeconds(2);
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes the next time.
        }
    }
}
