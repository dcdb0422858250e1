using System.Text.RegularExpressions;

namespace HeadCount.Cli.Tests;

/// <summary>What a call of the program, inside this process, printed and returned. It takes the console, which is one
/// for the process: classes that use it are in the collection <see cref="ConsoleCollection"/>. How far longer work was is left
/// out of the errors: whether it took that long depends on what else the machine did.</summary>
internal sealed partial record CliRun(int ExitCode, string Output, string Error)
{
    internal const string ConsoleCollection = "console";

    internal static async Task<CliRun> RunAsync(params string[] args)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter newOutput = new(), newError = new();
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newError);
            int exitCode = await Launcher.RunAsync(args);
            return new CliRun(exitCode, newOutput.ToString(), Progress().Replace(newError.ToString(), ""));
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    [GeneratedRegex(@"^[A-Z][a-z ]+: \d+ of \d+ [a-z]+ \(\d+ %\).*\n", RegexOptions.Multiline)]
    private static partial Regex Progress();

    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
