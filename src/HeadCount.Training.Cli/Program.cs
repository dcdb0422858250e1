using System.CommandLine;
using System.Runtime.InteropServices;
using HeadCount.Annotations;
using HeadCount.Cli;
using HeadCount.Imaging;
using HeadCount.Training.Cli.Commands;
using HeadCount.Training.Torch;

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
    return 2;
}
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("headcount-train: interrupted; the same command goes on from here");
    return 130;
}
catch (ExternalException e)
{
    Console.Error.WriteLine($"headcount-train: torch failed ({e.Message.Split('\n')[0]}); 'fit --run RUN' goes on from the last checkpoint");
    return 1;
}
catch (Exception e) when (e is ArgumentException or AnnotationException or PictureException or InvalidDataException
    or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"headcount-train: {e.Message}");
    return e is ArgumentException ? 2 : 1;
}
