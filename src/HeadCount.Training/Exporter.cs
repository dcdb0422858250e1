using System.Globalization;
using System.Text.Json.Nodes;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.IO;
using HeadCount.Training.Data;
using HeadCount.Training.Networks;
using HeadCount.Training.Recipes;
using HeadCount.Training.Storage;
using static TorchSharp.torch;

namespace HeadCount.Training;

/// <summary>What an exported model says of itself, and the kind of numbers it computes in.</summary>
public sealed record ExportOptions
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The model's version.</summary>
    public required string Version { get; init; }

    /// <summary>Terms of the weights and their data.</summary>
    public required string License { get; init; }

    /// <summary>
    /// Compute in 8-bit integers, with ranges taken from pictures of the training lists: about twice as fast, a little
    /// less exact, so that the tolerance does not apply; score the file with <c>headcount evaluate</c>.
    /// </summary>
    public bool Quantize { get; init; }
}

/// <summary>Makes a model file of a run's best weights, or of the mean of several runs'.</summary>
public static class Exporter
{
    /// <summary>Largest difference allowed between the model file and the training network.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>
    /// Writes the model, compares it with the training network on tiles of the validation lists, and chooses the density's
    /// gain on the training lists, threshold and suppression radius on the validation lists (for a recipe without a score
    /// map they are neutral).
    /// </summary>
    /// <param name="folders">Runs with a best validation, of one recipe and size. The mean of the weights is mostly better
    /// than any of them where one run began from another's.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="exportOptions">What the card says, and the kind of numbers.</param>
    /// <returns>The card, and the largest difference found.</returns>
    /// <exception cref="InvalidDataException">A run has no best weights or is of another recipe or size than the last, or
    /// the file differs too much.</exception>
    /// <exception cref="ArgumentException">8-bit integers of a recipe that has none.</exception>
    public static (ModelCard Card, double Difference) Export(
        IReadOnlyList<RunFolder> folders, string path, ExportOptions exportOptions)
    {
        ArgumentOutOfRangeException.ThrowIfZero(folders.Count);
        TrainingOptions[] runs = [.. folders.Select(OptionsOf)];
        TrainingOptions options = runs[^1];
        if (Array.FindIndex(runs, run => (run.Recipe, run.Size) != (options.Recipe, options.Size)) is >= 0 and int other)
        {
            throw new InvalidDataException($"{folders[other].Path}: recipe {runs[other].Recipe}, size {runs[other].Size}; "
                + $"there is no mean with {folders[^1].Path} ({options.Recipe}, {options.Size})");
        }
        if (exportOptions.Quantize && options.Recipe != TrainingOptions.Points)
            throw new ArgumentException($"--int8 is for the recipe {TrainingOptions.Points}; this run's is {options.Recipe}");
        // The answers of a teacher are needed no more, and its file may be gone.
        using IRecipe recipe = IRecipe.Of(options with { Teacher = null });
        LoadMean(folders, recipe.Average);

        var pictures = ValidationPictures.Load(options, PictureMemory.Half());
        JsonNode best = JsonNode.Parse(File.ReadAllText(folders[^1].BestValidation))!;
        var card = new ModelCard
        {
            Name = exportOptions.Name,
            Version = exportOptions.Version,
            License = exportOptions.License,
            Training = (folders.Count > 1 ? "mean of the weights of: " : "") + string.Join("; and: ", folders.Zip(runs, Told)),
            Stride = recipe.Stride,
            Threshold = (double?)best["threshold"] ?? 0.5,
            SuppressionRadius = (double?)best["suppressionRadius"] ?? recipe.Stride,
            Margin = recipe.Margin,
            Scores = best["lists"]!.ToJsonString(),
        };
        double difference = 0;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        WholeFile.WriteByPath(path, part =>
        {
            recipe.Export(part, card, exportOptions.Quantize ? CalibrationPictures(options) : null);
            if (options.Recipe == TrainingOptions.Points)
            {
                card = card with { DensityGain = DensityGain(part, options) };
                card.Write(part);
                // The run's validation saw each picture at one size and in floats.
                using (var model = HeadModel.Load(part))
                {
                    PointResult result = PointValidation.Run(pictures, model);
                    card = card with { Threshold = result.Threshold, Scores = result.ToJson()["lists"]!.ToJsonString() };
                }
                card.Write(part);
            }
            difference = recipe.LargestDifference(part, pictures.Tiles(Tiles));
            if (!exportOptions.Quantize)
                RequireAlike(path, difference);
        });
        return (card, difference);

        static string Told(RunFolder folder, TrainingOptions options) => string.Create(CultureInfo.InvariantCulture,
            $"{JsonNode.Parse(File.ReadAllText(folder.BestValidation))!["step"]} steps of {options.BatchSize} crops of {options.CropSize}²; ")
            + string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}; lists ")
            + string.Join(", ", options.Train.Select(l => Path.GetFileNameWithoutExtension(l.List)))
            + (options.Teacher is null ? "" : "; with a teacher");
    }

    /// <summary>Writes a run's best weights as a model in 32-bit floats with a card that is given, and compares it with them.</summary>
    /// <exception cref="InvalidDataException">The run has no best weights, or the file differs too much.</exception>
    internal static void ExportAs(RunFolder folder, string path, ModelCard card)
    {
        TrainingOptions options = OptionsOf(folder);
        using IRecipe recipe = IRecipe.Of(options with { Teacher = null });
        LoadMean([folder], recipe.Average);
        var pictures = ValidationPictures.Load(options, new PictureMemory(0));
        WholeFile.WriteByPath(path, part =>
        {
            recipe.Export(part, card, null);
            RequireAlike(path, recipe.LargestDifference(part, pictures.Tiles(Tiles)));
        });
    }

    private static TrainingOptions OptionsOf(RunFolder folder) => folder.Options is { } options && File.Exists(folder.BestWeights)
        ? options
        : throw new InvalidDataException($"{folder.Path}: no best weights yet; run 'headcount-train fit' until its first validation");

    private static void RequireAlike(string path, double difference)
    {
        if (!(difference <= Tolerance))
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{path}: not written, the exported network differs from the trained one by {difference:g3} (allowed {Tolerance:g3})"));
        }
    }

    /// <summary>Loads the mean of the runs' best weights.</summary>
    internal static void LoadMean(IReadOnlyList<RunFolder> folders, INetwork network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var mean = new Dictionary<string, Tensor>();
        foreach (RunFolder folder in folders)
        {
            WeightsFile.Load(folder.BestWeights, weights =>
            {
                foreach ((string name, Tensor weight) in weights)
                {
                    Tensor share = weight / folders.Count;
                    mean[name] = (mean.TryGetValue(name, out Tensor? sum) ? sum + share : share).MoveToOuterDisposeScope();
                }
            });
        }
        network.Load(mean);
    }

    private const int Tiles = 12;

    private const int CalibrationPicturesPerList = 8;

    private const int GainPicturesPerList = 60;

    private static double DensityGain(string path, TrainingOptions options)
    {
        using var model = HeadModel.Load(path);
        var counter = new HeadCounter(model, new CountOptions { Quality = CountQuality.Fast });
        return Math.Round(DensityCalibration.Factor(options.Train.Select(l =>
            TrainingSet.LoadList(options.Dataset, l.List, new PictureMemory(0), GainPicturesPerList)
                .Select(p => (counter.Count(p.Pixels()).DensitySum!.Value, p.Count)).ToArray())), 3);
    }

    private static IEnumerable<RgbImage> CalibrationPictures(TrainingOptions options) =>
        options.Train.SelectMany(l => TrainingSet.LoadList(options.Dataset, l.List, new PictureMemory(0), CalibrationPicturesPerList)).Select(p => p.Pixels());
}
