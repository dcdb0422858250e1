using System.CommandLine;
using System.Runtime.InteropServices;
using HeadCount.Annotations;
using HeadCount.Cli;
using HeadCount.Imaging;
using HeadCount.Training.Cli.Commands;
using HeadCount.Training.Torch;

return await ProgramRun.RunAsync("headcount-train", RunAsync, error => error switch
{
    OperationCanceledException => (ExitCode.Interrupted, "interrupted; the same command goes on from here"),
    ExternalException e => (ExitCode.SomeFailed, $"torch failed ({e.Message.Split('\n')[0]}); 'fit --run RUN' goes on from the last checkpoint"),
    ArgumentException => (ExitCode.WrongCall, error.Message),
    AnnotationException or PictureException or InvalidDataException or IOException or UnauthorizedAccessException =>
        (ExitCode.SomeFailed, error.Message),
    _ => null,
});

async Task<int> RunAsync(CancellationToken cancellation)
{
    TorchLibrary.Prepare();
    var root = new RootCommand("Trains the networks that headcount counts with.");
    root.Subcommands.Add(FitCommand.Create());
    root.Subcommands.Add(ExportCommand.Create());
    ParseResult parsed = root.Parse(args);
    string[] errors = [.. parsed.Errors.Select(error => error.Message), .. DecimalCommas.Errors(parsed)];
    if (errors.Length > 0)
    {
        foreach (string error in errors)
            Console.Error.WriteLine($"headcount-train: {error}");
        Console.Error.WriteLine("headcount-train: see 'headcount-train --help'");
        return ExitCode.WrongCall;
    }
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation);
}
