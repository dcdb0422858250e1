using System.CommandLine;
using System.Diagnostics;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Inference;
using HeadCount.Reports;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount evaluate</c>: counts an annotated dataset and scores the result.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        var dataset = new Argument<string>("DATASET")
        {
            Description = "Folder of pictures with annotations, in any layout that is read (docs/formats.md)",
        };
        var split = new Option<string?>("--split")
        {
            HelpName = "FILE",
            Description = "Only the pictures of this list, one path a line",
        };
        var radius = RadiusOption.Create();
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the scores as one JSON object" };
        var report = new Option<string?>("--report")
        {
            HelpName = "DIR",
            Description = "Write a page that explains the scores (index.html) and a table of pictures (pictures.csv)",
        };
        Option<string[]> label = LabelOption.Create();
        var counting = new CountingOptions();
        var command = new Command("evaluate", "Count the pictures of a dataset and score the heads against its annotations")
        {
            dataset, split, radius, json, report, label,
        };
        counting.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var call = new Call(parsed.GetRequiredValue(dataset), parsed.GetValue(split), parsed.GetValue(json),
                parsed.GetValue(report),
                parsed.GetValue(radius) ?? RadiusOption.Default, counting.ReadModel(parsed),
                counting.Read(parsed), LabelOption.Read(parsed, label), counting.IsStrict(parsed));
            // On a thread of its own, so that Ctrl-C is heard.
            return Task.Run(() => Run(call, cancellation), CancellationToken.None);
        });
        return command;
    }

    private sealed record Call(string Dataset, string? Split, string? Json, string? Report,
        IReadOnlyList<MatchingRadius> Radii, ModelChoice Model, CountOptions Options, AnnotationReading Reading, bool Strict);

    private static int Run(Call call, CancellationToken cancellation)
    {
        var dataset = Dataset.Load(call.Dataset, call.Split, reading: call.Reading);
        List<string> failures = Failures.Note(dataset);
        using HeadModel model = call.Model.Load(call.Options);
        double threshold = call.Options.Threshold ?? model.Card.Threshold;
        CountOptions options = call.Options with { KeepDensity = dataset.Images.Any(image => image.Ignored.Count > 0) };
        if (call.Report is not null)
        {
            Directory.CreateDirectory(call.Report);
            options = options with { SweepFrom = Math.Min(ThresholdCurve.Thresholds[0], threshold) };
        }
        var clock = Stopwatch.StartNew();
        var evaluated = new List<EvaluatedImage>();
        var pictures = new List<EvaluatedPicture>();
        var counter = new HeadCounter(model, options);
        using (var progress = new WorkProgress("Counting", "pictures", dataset.Images.Count))
        {
            IEnumerable<CountOutcome> outcomes = counter.CountMany(dataset.Images.Select(i => i.ImagePath), progress, cancellation);
            foreach ((AnnotatedImage image, CountOutcome outcome) in dataset.Images.Zip(outcomes))
            {
                if (!Failures.Accept(outcome, call.Strict, failures))
                    continue;
                CountResult result = outcome.Result!;
                evaluated.Add(new EvaluatedImage(image.Name, image.Heads, result.Heads)
                {
                    Size = (result.Width, result.Height),
                    // No second estimate where it is the count itself.
                    DensitySum = model.CountsByDensity ? null
                        : image.Ignored.Count > 0 ? result.Density?.SumWithout(image.Ignored)
                        : result.DensitySum,
                    Sigmas = image.Sigmas,
                    Ignored = image.Ignored,
                });
                if (result.Sweep is ThresholdSweep sweep)
                    pictures.Add(new EvaluatedPicture(image.ImagePath, evaluated[^1], sweep));
            }
        }
        double seconds = clock.Elapsed.TotalSeconds;
        if (evaluated.Count > 0)
        {
            var summary = EvaluationSummary.Of(evaluated, call.Radii) with
            {
                Seconds = seconds,
                Model = $"{model.Card.Name} {model.Card.Version}"
                    + (model.TakesQuality ? $", {counter.Quality.ToString().ToLowerInvariant()}" : ""),
            };
            if (call.Json is { } path)
                ScoreTable.WriteJson(path, summary);
            if (call.Report is { } folder)
            {
                using var progress = new WorkProgress("Writing the report", "parts", 100);
                EvaluationReport.Write(new EvaluationRun
                {
                    Dataset = Path.GetFileNameWithoutExtension(call.Split ?? Path.GetFullPath(call.Dataset)),
                    Model = summary.Model,
                    Threshold = model.CountsByDensity ? null : threshold,
                    SuppressionRadius = model.Card.SuppressionRadius,
                    Radii = [.. call.Radii.Select(radius => radius.Pixels!.Value)],
                    Pictures = pictures,
                    Failed = failures.Count,
                    Seconds = seconds,
                }, folder, progress);
            }
            ScoreTable.Print(summary);
        }
        return Failures.Report(failures);
    }
}
