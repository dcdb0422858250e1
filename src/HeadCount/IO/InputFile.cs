using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HeadCount.IO;

/// <summary>
/// Opens inputs. Files are opened as they are. Standard input (<c>-</c>, <c>/dev/stdin</c>) and pipes that the shell has
/// opened (<c>/dev/fd/N</c>) can be read once only, so their content is kept in memory. Other pipes are refused: nobody
/// may ever write into them.
/// </summary>
public static partial class InputFile
{
    /// <summary>What is read from a pipe at most, in bytes.</summary>
    private const long MostPiped = 1 << 30;

    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> Pipes = new();

    /// <summary>Whether a path means standard input.</summary>
    public static bool IsStandardInput(string path) => path is "-" or "/dev/stdin" or "/dev/fd/0" or "/proc/self/fd/0";

    /// <summary>Opens a file or what is kept of a pipe.</summary>
    /// <exception cref="IOException">It cannot be read, is missing, a pipe or a device.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static Stream Open(string path)
    {
        if (Piped(path) is { } bytes)
            return new MemoryStream(bytes, writable: false);
        if (IsSpecial(path))
            throw new IOException("a pipe or device; expected a file");
        return File.OpenRead(path);
    }

    /// <summary>The content of standard input or of a pipe that is open already; null for other files.</summary>
    /// <exception cref="IOException">It cannot be read, or is too long.</exception>
    internal static byte[]? Piped(string path)
    {
        int? descriptor = Descriptor(path);
        if (descriptor is null)
            return null;
        return Pipes.GetOrAdd(path, _ => new Lazy<byte[]>(() => ReadAll(descriptor.Value))).Value;
    }

    /// <summary>Whether a path is a pipe, a socket or a device that cannot be read like a file.</summary>
    internal static bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return false;
        // Without waiting for a writer.
        int opened = OpenFile(path, OperatingSystem.IsMacOS() ? 0x0004 : 0x0800);
        if (opened < 0)
            // A socket, or not to be opened, which is said when it is tried.
            return Marshal.GetLastPInvokeError() == 6;
        using var handle = new SafeFileHandle(opened, ownsHandle: true);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        return !stream.CanSeek;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    private static int? Descriptor(string path)
    {
        if (path == "-")
            return 0;
        if (OperatingSystem.IsWindows())
            return null;
        if (path == "/dev/stdin")
            path = "/dev/fd/0";
        foreach (string folder in (string[])["/dev/fd/", "/proc/self/fd/"])
            if (path.StartsWith(folder, StringComparison.Ordinal)
                && int.TryParse(path[folder.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return number;
        return null;
    }

    private static byte[] ReadAll(int descriptor)
    {
        using Stream stream = descriptor == 0
            ? Console.OpenStandardInput()
            : new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var kept = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            kept.Write(buffer, 0, read);
            if (kept.Length > MostPiped)
                throw new IOException($"more than {MostPiped} bytes from a pipe; give a file");
        }
        return kept.ToArray();
    }
}
