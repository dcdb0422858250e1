using System.CommandLine;
using System.Diagnostics;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount train</c>: hands over to the training program, which is installed apart for its size.</summary>
internal static class TrainCommand
{
    private const string Program = "HeadCount.Training.Cli", Tool = "headcount-train";

    internal static Command Create()
    {
        var arguments = new Argument<string[]>("ARGUMENTS") { Description = "What headcount-train is called with" };
        var command = new Command("train", "Start headcount-train, where it is installed") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellation) =>
            RunAsync([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        string path = Find() ?? throw new UsageException(
            "the training program is not installed (libtorch makes it large); in a checkout build it with "
            + "'dotnet build -c Release src/HeadCount.Training.Cli', elsewhere put headcount-train on the PATH");
        using Process process = Process.Start(path, arguments);
        // Ctrl-C reaches the whole terminal's process group; the other program saves its work and ends by itself.
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    private static string? Find()
    {
        string suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        string here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        // Beside this program; in a checkout's build output; on the PATH.
        IEnumerable<string> places =
        [
            Path.Combine(here, Program + suffix),
            Path.GetFullPath(Path.Combine(here, "..", "..", Program, Path.GetFileName(here), Program + suffix)),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, Tool + suffix)),
        ];
        return places.FirstOrDefault(File.Exists);
    }
}
