using System.Runtime.InteropServices;
using System.Text;

namespace HeadCount.IO;

/// <summary>Tells files from what only looks like one: pipes, devices, sockets.</summary>
internal static class FileKind
{
    private const int CurrentFolder = -100;
    private const uint TypeAndMode = 0x0003;
    private const int ModeOffset = 28, TypeBits = 0xF000, Regular = 0x8000, Folder = 0x4000;

    /// <summary>Whether a path, links followed, leads to something that is neither file nor folder, or to a stream that the
    /// program was started with. Outside Linux, where it cannot be asked, what lies in <c>/dev</c> is taken for such.</summary>
    internal static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
            return !OperatingSystem.IsWindows() && path.StartsWith("/dev/", StringComparison.Ordinal);
        if (path is "/dev/stdout" or "/dev/stderr" || path.StartsWith("/dev/fd/", StringComparison.Ordinal)
            || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal))
            return true;
        // The kernel's struct statx: 256 bytes, alike on every processor; the mode is its 15th half-word.
        Span<byte> status = stackalloc byte[256];
        status.Clear();
        try
        {
            if (Status(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, TypeAndMode, ref MemoryMarshal.GetReference(status)) != 0)
                return false;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library of before 2018.
            return false;
        }
        int type = BitConverter.ToUInt16(status[ModeOffset..]) & TypeBits;
        return type is not (Regular or Folder);
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Status(int folder, byte[] path, int flags, uint mask, ref byte status);
}
