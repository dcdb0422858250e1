using System.CommandLine;
using System.Diagnostics;

namespace HeadCount.Cli.Commands;

/// <summary>Commands that hand over to a program of its own, installed apart for its size.</summary>
internal static class CompanionCommands
{
    /// <summary><c>headcount train</c>.</summary>
    internal static Command CreateTrain() =>
        Create("train", "Start headcount-train, where it is installed", Companion.Training, Companion.TrainingTool, Companion.TrainingName);

    /// <summary><c>headcount serve</c>.</summary>
    internal static Command CreateServe() =>
        Create("serve", "Start the studio: counting, checking and correcting in the browser", "HeadCount.Studio", "headcount-studio", "studio");

    /// <summary>The call with all that follows such a command as the other program's, its --help too.</summary>
    internal static string[] HandOver(string[] args) =>
        args is ["train" or "serve", not "--", ..] ? [args[0], "--", .. args[1..]] : args;

    private static Command Create(string name, string description, string project, string tool, string what)
    {
        var arguments = new Argument<string[]>("ARGUMENTS") { Description = $"What {tool} is called with" };
        var command = new Command(name, description) { arguments };
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = Companion.Find(project, tool) ?? throw new UsageException(Companion.Missing(project, tool, what));
            string[] handed = parsed.GetValue(arguments) ?? [];
            if (!OperatingSystem.IsWindows())
                Exec.Replace(path, handed);
            using Process process = Process.Start(path, handed);
            // Ctrl-C reaches the whole console; the other program saves its work and ends by itself.
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode;
        });
        return command;
    }
}
