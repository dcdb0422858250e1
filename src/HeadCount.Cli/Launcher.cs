using System.CommandLine;
using HeadCount.Annotations;
using HeadCount.Cli.Commands;
using HeadCount.Imaging;
using HeadCount.Inference;

namespace HeadCount.Cli;

/// <summary>Runs a command line and turns what went wrong into one line on standard error and an exit code.</summary>
internal static class Launcher
{
    /// <summary>Runs the program.</summary>
    internal static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Counts the people in pictures and says where every head is.");
        foreach (Command command in AllCommands.Create())
            root.Subcommands.Add(command);
        return RunAsync(root, args);
    }

    private static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        // A picture may be called @IMG_1.jpg: no response files.
        ParseResult parsed = root.Parse(CompanionCommands.HandOver(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        string[] errors = [.. args.Contains("") ? ["an argument is empty; is a variable of the shell not set?"] : Array.Empty<string>(),
            .. parsed.Errors.Select(error => error.Message), .. DecimalCommas.Errors(parsed)];
        if (errors.Length > 0)
        {
            foreach (string error in errors)
                Console.Error.WriteLine($"headcount: {error}");
            Console.Error.WriteLine("headcount: see 'headcount --help', or 'headcount COMMAND --help' for one command");
            return ExitCode.WrongCall;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // After Ctrl-C a command may finish the tile it is at and write what is done.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(15),
            });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is UsageException or ModelException or AnnotationException or PictureException
            or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"headcount: {e.Message}");
            return e is UsageException or ModelException ? ExitCode.WrongCall : ExitCode.SomeFailed;
        }
    }
}
