using System.Globalization;
using System.Text.Json.Nodes;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Training.Data;
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

/// <summary>Makes a model file of a run's best weights.</summary>
public static class Exporter
{
    /// <summary>Largest difference allowed between the model file and the training network.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>
    /// Writes the model, compares it with the training network on tiles of the validation lists, and chooses the density's
    /// gain on the training lists, threshold and suppression radius on the validation lists (for a recipe without a score
    /// map they are neutral).
    /// </summary>
    /// <param name="folder">A run with a best validation.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="exportOptions">What the card says, and the kind of numbers.</param>
    /// <returns>The card, and the largest difference found.</returns>
    /// <exception cref="InvalidDataException">The run has no best weights, or the file differs too much.</exception>
    /// <exception cref="ArgumentException">8-bit integers of a recipe that has none.</exception>
    public static (ModelCard Card, double Difference) Export(RunFolder folder, string path, ExportOptions exportOptions)
    {
        if (folder.Options is not { } options || !File.Exists(folder.BestWeights))
            throw new InvalidDataException($"{folder.Path}: no best weights yet; run 'headcount-train fit' until its first validation");
        if (exportOptions.Quantize && options.Recipe != TrainingOptions.Points)
            throw new ArgumentException($"--int8 is for the recipe {TrainingOptions.Points}; this run's is {options.Recipe}");
        var best = JsonNode.Parse(File.ReadAllText(folder.BestValidation))!.AsObject();
        using IRecipe recipe = IRecipe.Of(options);
        WeightsFile.Load(folder.BestWeights, recipe.Average.Load);

        var pictures = ValidationPictures.Load(options);
        IValidationResult result = recipe.Validate(pictures, ScalarType.Float32);
        var card = new ModelCard
        {
            Name = exportOptions.Name,
            Version = exportOptions.Version,
            License = exportOptions.License,
            Training = string.Create(CultureInfo.InvariantCulture,
                $"{best["step"]} steps of {options.BatchSize} crops of {options.CropSize}²; seed {options.Seed}; lists ")
                + string.Join(", ", options.Train.Select(l => Path.GetFileNameWithoutExtension(l.List))),
            Stride = recipe.Stride,
            Threshold = result.Threshold,
            SuppressionRadius = result.SuppressionRadius,
            Margin = recipe.Margin,
            Scores = Scores(result),
        };
        string part = path + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        recipe.Export(part, card, exportOptions.Quantize ? CalibrationPictures(options) : null);
        if (options.Recipe == TrainingOptions.Points)
        {
            card = card with { DensityGain = DensityGain(part, options) };
            card.Write(part);
            // The validation above knew nothing of the gain, and integers score a little lower or higher than its floats.
            using (var model = HeadModel.Load(part))
                result = PointValidation.Run(pictures, model);
            card = card with { Threshold = result.Threshold, Scores = Scores(result) };
            card.Write(part);
        }
        double difference = recipe.LargestDifference(part, pictures.Tiles(Tiles));
        if (!exportOptions.Quantize && !(difference <= Tolerance))
        {
            File.Delete(part);
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{path}: not written, the exported network differs from the trained one by {difference:g3} (allowed {Tolerance:g3})"));
        }
        File.Move(part, path, overwrite: true);
        return (card, difference);

        static string Scores(IValidationResult result) => result.ToJson()["lists"]!.ToJsonString();
    }

    private const int Tiles = 12;

    private const int CalibrationPicturesPerList = 8;

    private const int GainPicturesPerList = 60;

    private static double DensityGain(string path, TrainingOptions options)
    {
        using var model = HeadModel.Load(path);
        var counter = new HeadCounter(model, new CountOptions { Quality = CountQuality.Fast });
        return Math.Round(DensityCalibration.Factor(options.Train.Select(l =>
            TrainingSet.LoadList(options.Dataset, l.List, GainPicturesPerList)
                .Select(p => (counter.Count(p.Image).DensitySum!.Value, p.Count)).ToArray())), 3);
    }

    private static IEnumerable<RgbImage> CalibrationPictures(TrainingOptions options) =>
        options.Train.SelectMany(l => TrainingSet.LoadList(options.Dataset, l.List, CalibrationPicturesPerList)).Select(p => p.Image);
}
