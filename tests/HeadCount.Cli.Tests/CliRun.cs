namespace HeadCount.Cli.Tests;

/// <summary>What a call of the program, inside this process, printed and returned. It takes the console, which is one
/// for the process: classes that use it are in the collection <see cref="ConsoleCollection"/>.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
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
            return new CliRun(exitCode, newOutput.ToString(), newError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
