using System.CommandLine;
using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Inference;
using HeadCount.IO;
using Spectre.Console;

namespace HeadCount.Cli.Commands;

/// <summary>
/// <c>headcount tune</c>: chooses a model's threshold and suppression radius on annotated pictures, by the mean F1 at
/// the matching radii (and the counts where F1 is flat), and the gain of its density, by the counts; and stores them in the
/// model's card.
/// </summary>
internal static class TuneCommand
{
    /// <summary>Suppression radii that are tried beside the model's own, in pixels.</summary>
    private static readonly double[] SuppressionRadii = [2, 3, 4, 5, 6, 8];

    internal static Command Create()
    {
        var dataset = new Argument<string>("DATASET")
        {
            Description = "Folder of pictures with annotations, which the model was not trained on",
        };
        var split = new Option<string?>("--split")
        {
            HelpName = "FILE",
            Description = "Only the pictures of this list, one path a line",
        };
        var radius = RadiusOption.Create();
        var save = new Option<bool>("--save") { Description = "Store the choice in the model file itself" };
        var output = new Option<string?>("--output", "-o")
        {
            HelpName = "FILE",
            Description = "Store the choice in a copy of the model",
        };
        Option<string[]> label = LabelOption.Create();
        var counting = new CountingOptions();
        var command = new Command("tune", "Choose a model's threshold, suppression radius and density gain on annotated pictures")
        {
            dataset, split, radius, save, output, label,
        };
        counting.AddTo(command, threshold: false);
        command.Validators.Add(result =>
        {
            if (result.GetResult(save) is { Implicit: false } && result.GetResult(output) is not null)
                result.AddError("--save and -o exclude each other; give one of them");
        });
        command.SetAction((parsed, cancellation) =>
        {
            var call = new Call(parsed.GetRequiredValue(dataset), parsed.GetValue(split),
                [.. (parsed.GetValue(radius) ?? RadiusOption.Default).Select(r => r.Pixels!.Value)],
                parsed.GetValue(save), parsed.GetValue(output), counting.ReadModel(parsed),
                counting.Read(parsed), LabelOption.Read(parsed, label), counting.IsStrict(parsed));
            return Task.Run(() => Run(call, cancellation), CancellationToken.None);
        });
        return command;
    }

    private sealed record Call(string Dataset, string? Split, double[] Radii, bool Save, string? Output, ModelChoice Model,
        CountOptions Options, AnnotationReading Reading, bool Strict)
    {
        /// <summary>What was said of pictures already.</summary>
        internal HashSet<string> Said { get; } = [];
    }

    private sealed record Choice(double SuppressionRadius, ThresholdPoint Point);

    private static int Run(Call call, CancellationToken cancellation)
    {
        bool foreign = call.Model.Adapter is not null;
        if (foreign && (call.Save || call.Output is not null))
            throw new UsageException("--save and -o: a model that needs --adapter has no card to store the choice in; "
                + "give the threshold to count with --threshold");
        var dataset = Dataset.Load(call.Dataset, call.Split, reading: call.Reading);
        List<string> unlisted = Failures.Note(dataset);
        if (dataset.Images.All(image => image.Heads.Count == 0))
            throw new UsageException($"{call.Split ?? call.Dataset}: no heads in these pictures; there is nothing to choose by");
        using HeadModel model = call.Model.Load(call.Options);
        if (model.CountsByDensity)
            throw new UsageException($"{model.Path}: counts by the sum of its density; there is no threshold to tune");
        ModelCard card = model.Card;
        // A suppression radius could be stored nowhere.
        double[] suppressions = [.. (foreign ? [] : SuppressionRadii).Append(card.SuppressionRadius).Distinct().Order()];
        var curves = new Dictionary<double, IReadOnlyList<ThresholdPoint>>();
        List<string> failures = [];
        double gain = card.DensityGain;
        (double Density, int Heads)[] densities = [];
        int rounds = suppressions.Length + (model.HasDensity ? 1 : 0), round = 0;
        using (var progress = new WorkProgress("Counting", "pictures", rounds * dataset.Images.Count))
        {
            if (model.HasDensity)
            {
                densities = Densities(call, model, dataset, new Part(progress, dataset.Images.Count * round++), cancellation);
                // Where no picture has heads, the stored one stays.
                gain = Math.Round(card.DensityGain * DensityCalibration.Factor([densities]), 3);
            }
            foreach (double suppression in suppressions)
            {
                // Suppression takes away what a smaller radius leaves in its own way: each radius is counted anew.
                var part = new Part(progress, dataset.Images.Count * round++);
                curves[suppression] = Curve(call, model, dataset, suppression, gain, part, failures = [], cancellation);
                if (curves[suppression].Count == 0)
                    return Failures.Report([.. unlisted, .. failures]);
            }
        }
        // Where several do equally well, the model's own radius stays.
        Choice best = suppressions.OrderBy(suppression => suppression != card.SuppressionRadius)
            .Select(suppression => new Choice(suppression, Best(curves[suppression], card.Threshold)))
            .MaxBy(choice => choice.Point.MeanF1)!;
        ThresholdPoint before = curves[card.SuppressionRadius].First(point => point.Threshold == card.Threshold);

        ResultConsole.Write(Table(call.Radii, "threshold", curves[best.SuppressionRadius].Select(point =>
            (Text(point.Threshold), point, point == best.Point))));
        ResultConsole.Write(Table(call.Radii, "suppression px", suppressions.Select(suppression =>
            (Text(suppression), Best(curves[suppression], card.Threshold), suppression == best.SuppressionRadius))));
        ResultConsole.Write(Table(call.Radii, "", [
            ($"stored: {Text(card.Threshold)}, {Text(card.SuppressionRadius)} px{(gain == card.DensityGain ? "" : ", with the new gain")}", before, false),
            ($"chosen: {Text(best.Point.Threshold)}, {Text(best.SuppressionRadius)} px", best.Point, true)]));
        if (model.HasDensity)
        {
            var table = new Table();
            foreach (string column in (string[])["density gain", "MAE of its sum", ""])
                table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
            foreach ((string name, double value) in new[] { ("stored", card.DensityGain), ("chosen", gain) })
                table.AddRow($"{name}: {Text(value)}", Text(densities.Average(d => Math.Abs(value / card.DensityGain * d.Density - d.Heads)), 2), value == gain ? "<" : "");
            ResultConsole.Write(table);
        }
        SayHowSure(before, best.Point);
        Store(call, model.Path, card with
        {
            DensityGain = gain,
            Threshold = best.Point.Threshold,
            SuppressionRadius = best.SuppressionRadius,
        });
        return Failures.Report([.. unlisted, .. failures]);
    }

    /// <summary>Of every picture the sum of its density with the stored gain, and its annotated heads.</summary>
    private static (double Density, int Heads)[] Densities(
        Call call, HeadModel model, Dataset dataset, IProgress<double> progress, CancellationToken cancellation)
    {
        bool ignores = dataset.Images.Any(image => image.Ignored.Count > 0);
        var counter = new HeadCounter(model, call.Options with { KeepDensity = ignores, Quality = CountQuality.Fast });
        return [.. dataset.Images
            .Zip(counter.CountMany(dataset.Images.Select(image => image.ImagePath), progress, cancellation))
            .Where(pair => pair.Second.Result is not null)
            .Select(pair => (ignores ? pair.Second.Result!.Density!.SumWithout(pair.First.Ignored) : pair.Second.Result!.DensitySum!.Value,
                pair.First.Heads.Count(head => !pair.First.Ignored.Any(region => region.Contains(head)))))];
    }

    private static IReadOnlyList<ThresholdPoint> Curve(Call call, HeadModel model, Dataset dataset, double suppression,
        double gain, IProgress<double> progress, List<string> failures, CancellationToken cancellation)
    {
        double own = model.Card.Threshold, lowest = Math.Min(own, ThresholdCurve.Thresholds[0]);
        var counter = new HeadCounter(model, call.Options with
        {
            Threshold = lowest,
            SweepFrom = lowest,
            SuppressionRadius = suppression,
            DensityGain = gain,
        });
        var counted = new List<(AnnotatedImage Image, ThresholdSweep Sweep)>();
        foreach ((AnnotatedImage image, CountOutcome outcome) in dataset.Images.Zip(
            counter.CountMany(dataset.Images.Select(image => image.ImagePath), progress, cancellation)))
        {
            if (Failures.Accept(outcome, call.Strict, failures, call.Said))
                counted.Add((image, outcome.Result!.Sweep!));
        }
        if (counted.Count == 0)
            return [];
        return ThresholdCurve.Of(ThresholdCurve.Thresholds.Append(own), call.Radii, threshold =>
            [.. counted.Select(c => new EvaluatedImage(c.Image.Name, c.Image.Heads, c.Sweep.At(threshold))
            {
                Ignored = c.Image.Ignored,
            }.WithoutIgnored())]);
    }

    /// <summary>The best threshold; among equals the stored one.</summary>
    private static ThresholdPoint Best(IReadOnlyList<ThresholdPoint> curve, double stored) => ThresholdCurve.Best(
        [.. curve.OrderBy(point => point.Threshold != stored)], point => point.MeanF1, point => point.Counting.Mae);

    /// <summary>Says on standard error how sure it is that the choice is better than what is stored.</summary>
    private static void SayHowSure(ThresholdPoint stored, ThresholdPoint chosen)
    {
        string pictures = $"{chosen.Pictures.Count} pictures with {chosen.Pictures.Sum(picture => (long)picture.Truth)} heads";
        if (stored.Pictures.SequenceEqual(chosen.Pictures)
            || Bootstrap.Difference(stored.Pictures, chosen.Pictures, MeanF1) is not { Difference: var difference }
            || difference is { Low: 0, High: 0 })
        {
            Console.Error.WriteLine($"headcount: the chosen values score as the stored ones do on {pictures}");
            return;
        }
        string sure = difference.Low > 0 ? "the chosen values are better"
            : difference.High < 0 ? "the chosen values count better at a lower F1"
            : "too little to say which is better; more pictures would tell";
        Console.Error.WriteLine($"headcount: mean F1 {Signed(difference.Value)} against the stored values, 95 % interval "
            + $"{Signed(difference.Low)} to {Signed(difference.High)} on {pictures}: {sure}");

        static double? MeanF1(IReadOnlyList<PictureScore> drawn) =>
            drawn[0].Localization.Average(entry => Metric.Sum(drawn, entry.Radius).F1);

        static string Signed(double number) => (number > 0 ? "+" : "") + Text(number, 4);
    }

    private static void Store(Call call, string model, ModelCard card)
    {
        if (call.Output is { } output)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
            WholeFile.WriteByPath(output, beside =>
            {
                File.Copy(model, beside);
                card.Write(beside);
            });
            Console.Error.WriteLine($"headcount: stored in {output}; count with --model {output}");
        }
        else if (call.Save)
        {
            card.Write(model);
            Console.Error.WriteLine($"headcount: stored in {model}");
        }
        else
        {
            Console.Error.WriteLine(call.Model.Adapter is null
                ? "headcount: nothing is stored; --save writes the choice into the model, -o FILE into a copy"
                : "headcount: give the chosen threshold to count and evaluate with --threshold");
        }
    }

    private static Table Table(
        double[] radii, string name, IEnumerable<(string Name, ThresholdPoint Point, bool Chosen)> rows)
    {
        var table = new Table().AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (double radius in radii)
            foreach (string score in (string[])["P", "R", "F1"])
                table.AddColumn(new TableColumn($"{score} {Text(radius)} px").RightAligned().NoWrap());
        foreach (string column in (string[])["mean F1", "MAE", "bias", ""])
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach ((string row, ThresholdPoint point, bool chosen) in rows)
            table.AddRow([row, .. point.Scores.SelectMany(score => (string[])[
                Text(score.Precision, 4), Text(score.Recall, 4), Text(score.F1, 4)]),
                Text(point.MeanF1, 4), Text(point.Counting.Mae, 2), Text(point.Counting.Bias, 2), chosen ? "<" : ""]);
        return table;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number, int decimals) =>
        number.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    /// <summary>Progress of one round of several.</summary>
    private sealed class Part(IProgress<double> whole, double before) : IProgress<double>
    {
        public void Report(double value) => whole.Report(before + value);
    }
}
