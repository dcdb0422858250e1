using System.CommandLine;
using System.CommandLine.Invocation;
using HeadCount.Annotations;
using HeadCount.Cli.Commands;
using HeadCount.Imaging;
using HeadCount.Inference;

namespace HeadCount.Cli;

/// <summary>Runs a command line and turns what went wrong into one line on standard error and an exit code.</summary>
internal static class Launcher
{
    internal const string Program = "headcount";

    /// <summary>Runs the program.</summary>
    internal static async Task<int> RunAsync(string[] args, CancellationToken cancellation = default)
    {
        try
        {
            var root = new RootCommand("Counts the people in pictures and says where every head is.");
            foreach (Command command in AllCommands.Create())
                root.Subcommands.Add(command);
            return await RunAsync(root, args, cancellation);
        }
        catch (Exception e)
        {
            return ProgramRun.Explain(Program, e, Expected);
        }
    }

    /// <summary>The exit code and line of an error that a user can do something about.</summary>
    internal static (int ExitCode, string? Line)? Expected(Exception error) => error switch
    {
        UsageException or ModelException => (ExitCode.WrongCall, error.Message),
        AnnotationException or PictureException or InvalidDataException or IOException or UnauthorizedAccessException =>
            (ExitCode.SomeFailed, error.Message),
        _ => null,
    };

    private static async Task<int> RunAsync(RootCommand root, string[] args, CancellationToken cancellation)
    {
        // A picture may be called @IMG_1.jpg: no response files.
        ParseResult parsed = root.Parse(CompanionCommands.HandOver(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        string[] errors = [.. args.Contains("") ? ["an argument is empty; is a variable of the shell not set?"] : Array.Empty<string>(),
            .. parsed.Errors.Select(error => error.Message), .. DecimalCommas.Errors(parsed)];
        if (errors.Length > 0)
        {
            foreach (string error in errors)
                Console.Error.WriteLine($"{Program}: {error}");
            Console.Error.WriteLine("headcount: see 'headcount --help', or 'headcount COMMAND --help' for one command");
            return ExitCode.WrongCall;
        }
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        Task<int> running = Task.Run(() => parsed.InvokeAsync(configuration, cancellation), CancellationToken.None);
        // Short commands do not listen; they are left as they are, with no output written yet or all of it.
        return await (parsed.Action is SynchronousCommandLineAction ? running.WaitAsync(cancellation) : running);
    }
}
