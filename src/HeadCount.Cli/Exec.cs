using System.Runtime.InteropServices;
using System.Text;

namespace HeadCount.Cli;

/// <summary>Puts another program in this one's place, so that signals, its exit code and its end are its own.</summary>
internal static class Exec
{
    /// <summary>Does not return. For Unix.</summary>
    /// <exception cref="IOException">The program cannot be started.</exception>
    internal static void Replace(string path, string[] arguments)
    {
        nint[] argv = [.. arguments.Prepend(path).Select(Marshal.StringToCoTaskMemUTF8), 0];
        _ = Execute(Encoding.UTF8.GetBytes(path + '\0'), argv);
        string reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        throw new IOException($"{path}: cannot be started ({reason}); install it again");
    }

    [DllImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static extern int Execute(byte[] path, nint[] arguments);
}
