using System.CommandLine;
using HeadCount.Annotations;
using HeadCount.Imaging;

namespace HeadCount.Cli;

/// <summary>Runs a command line and turns what went wrong into one line on standard error and an exit code.</summary>
internal static class Launcher
{
    internal static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"headcount: {error.Message}");
            Console.Error.WriteLine("headcount: see 'headcount --help', or 'headcount COMMAND --help' for one command");
            return ExitCode.WrongCall;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is UsageException or AnnotationException or PictureException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"headcount: {e.Message}");
            return e is UsageException ? ExitCode.WrongCall : ExitCode.SomeFailed;
        }
    }
}
