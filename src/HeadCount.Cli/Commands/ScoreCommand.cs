using System.CommandLine;
using System.Diagnostics;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.IO;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount score</c>: compares the head points of any system with the truth.</summary>
internal static class ScoreCommand
{
    internal static Command Create()
    {
        var truth = new Option<string>("--truth")
        {
            Description = "True heads: CSV (image,x,y), NWPU point text (id n, then n times x y σs σl level), COCO …",
            HelpName = "FILE",
            Required = true,
        };
        var predictions = new Option<string>("--predictions")
        {
            Description = "Detected heads: CSV (image,x,y[,score]), NWPU point text (id n, then n times x y), COCO …",
            HelpName = "FILE",
            Required = true,
        };
        var radius = RadiusOption.Create();
        var sigma = new Option<string>("--sigma")
        {
            Description = "Match within each head's own σs or σl instead; both unless --radius or --sigma is given " +
                "and the truth states them",
            HelpName = "s|l",
        };
        sigma.AcceptOnlyFromAmong("s", "l");
        var json = new Option<string>("--json")
        {
            Description = "Write the scores as one JSON object",
            HelpName = "FILE",
        };

        Option<string[]> label = LabelOption.Create();
        var command = new Command("score", "Scores head points against the truth.")
        {
            truth, predictions, radius, sigma, json, label,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(radius) is not null && result.GetResult(sigma) is not null)
                result.AddError("--radius and --sigma exclude each other; give one of them");
        });
        command.SetAction(parsed =>
        {
            var clock = Stopwatch.StartNew();
            string truthPath = parsed.GetRequiredValue(truth);
            string predictionsPath = parsed.GetRequiredValue(predictions);
            var images = Join(truthPath, Read(truthPath), predictionsPath, Read(predictionsPath));
            var radii = Radii(truthPath, images, parsed.GetValue(radius), parsed.GetValue(sigma));
            var summary = EvaluationSummary.Of(images, radii) with { Seconds = clock.Elapsed.TotalSeconds };
            if (parsed.GetValue(json) is { } path)
                ScoreTable.WriteJson(path, summary);
            ScoreTable.Print(summary);
            return ExitCode.Done;

            IReadOnlyCollection<PictureHeads> Read(string path)
            {
                AnnotationReading reading = LabelOption.Read(parsed, label);
                IReadOnlyCollection<PictureHeads> pictures = PointFile.Read(path, reading);
                Failures.Note(reading.Notes);
                return pictures;
            }
        });
        return command;
    }

    private static List<EvaluatedImage> Join(string truthPath, IReadOnlyCollection<PictureHeads> truth,
        string predictionsPath, IReadOnlyCollection<PictureHeads> predictions)
    {
        var predicted = predictions.ToDictionary(picture => picture.Name);
        ILookup<string, string> names = predictions.ToLookup(picture => ComposedName.Of(picture.Name), picture => picture.Name);
        var images = new List<EvaluatedImage>();
        int missing = 0;
        foreach (PictureHeads picture in truth)
        {
            // Or the number that detectors' results have in place of a name; or the one name that differs only in the way its letters are composed.
            if (!predicted.Remove(picture.Name, out PictureHeads? detections)
                && !(picture.Id is { } id && predicted.Remove(id, out detections))
                && !(names[ComposedName.Of(picture.Name)].ToArray() is [var alike] && predicted.Remove(alike, out detections)))
                missing++;
            images.Add(new EvaluatedImage(picture.Name, picture.Heads, detections?.Heads ?? [])
            {
                Sigmas = picture.Sigmas,
                Ignored = picture.Ignored,
            });
        }
        if (predicted.Count > 0)
            throw new AnnotationException($"{predictionsPath}: picture '{predicted.Keys.First()}' is not in " +
                $"{truthPath} ({predicted.Count} such pictures); name pictures alike in both files");
        if (missing > 0)
            Console.Error.WriteLine($"headcount: {predictionsPath} leaves out {missing} of {truth.Count} pictures; " +
                "they count as pictures without detections");
        return images;
    }

    private static IReadOnlyList<MatchingRadius> Radii(
        string truthPath, List<EvaluatedImage> images, IReadOnlyList<MatchingRadius>? radii, string? sigma)
    {
        bool stated = images.All(image => image.Sigmas is not null);
        if (radii is not null)
            return radii;
        if (sigma is null)
            return stated ? [MatchingRadius.SigmaSmall, MatchingRadius.SigmaLarge] : RadiusOption.Default;
        if (!stated)
            throw new UsageException($"--sigma {sigma}: {truthPath} states no σ; give --radius instead");
        return [sigma == "s" ? MatchingRadius.SigmaSmall : MatchingRadius.SigmaLarge];
    }
}
