using System.CommandLine;
using System.Globalization;

namespace HeadCount.Training.Cli.Commands;

/// <summary><c>headcount-train export</c>: a model file from a run's best weights.</summary>
internal static class ExportCommand
{
    internal static Command Create()
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "Folder of the run; of several, the mean of their weights is exported",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--out", "-o") { Description = "ONNX file to write", Required = true };
        var name = new Option<string?>("--name")
        {
            Description = "Name in the model's card; the file's name by default",
        };
        var version = new Option<string>("--model-version")
        {
            Description = "Version in the model's card",
            DefaultValueFactory = _ => "0.1.0",
        };
        var license = new Option<string>("--license")
        {
            Description = "Terms of weights and data in the model's card",
            DefaultValueFactory = _ => "not stated",
        };
        var int8 = new Option<bool>("--int8") { Description = "Compute in 8-bit integers: faster, a little less exact" };
        var command = new Command("export", "Writes a model file from the best weights of a run, or of several, and checks it against them")
        {
            runs, output, name, version, license, int8,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            var (card, difference) = Exporter.Export([.. parsed.GetRequiredValue(runs).Select(run => new RunFolder(run))], path, new ExportOptions
            {
                Name = parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(path),
                Version = parsed.GetValue(version)!,
                License = parsed.GetValue(license)!,
                Quantize = parsed.GetValue(int8),
            });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{path}: threshold {card.Threshold}, suppression radius {card.SuppressionRadius} px; ")
                + string.Create(CultureInfo.InvariantCulture, $"differs from the trained network by at most {difference:g2}"));
            return 0;
        });
        return command;
    }
}
