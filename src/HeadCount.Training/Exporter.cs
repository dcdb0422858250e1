using System.Globalization;
using System.Text.Json.Nodes;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Localization;
using HeadCount.Training.Data;
using HeadCount.Training.Export;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;
using TorchSharp;
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

    /// <summary>What a tile edge needs: about the reach of the context that changes a score.</summary>
    private const int Margin = 64;

    /// <summary>
    /// Chooses threshold and suppression radius on the validation lists, writes the model and compares it with the
    /// training network on tiles of their pictures.
    /// </summary>
    /// <param name="folder">A run with a best validation.</param>
    /// <param name="path">The ONNX file to write.</param>
    /// <param name="exportOptions">What the card says, and the kind of numbers.</param>
    /// <returns>The card, and the largest difference found.</returns>
    /// <exception cref="InvalidDataException">The run has no best weights, or the file differs too much.</exception>
    public static (ModelCard Card, double Difference) Export(RunFolder folder, string path, ExportOptions exportOptions)
    {
        if (folder.Options is not { } options || !File.Exists(folder.BestWeights))
            throw new InvalidDataException($"{folder.Path}: no best weights yet; run 'headcount-train fit' until its first validation");
        var best = JsonNode.Parse(File.ReadAllText(folder.BestValidation))!.AsObject();
        using var network = new HeadNetwork(NetworkSize.Named(options.Size));
        using (NewDisposeScope())
            network.Load(Safetensors.Load(folder.BestWeights));

        var validation = Validation.Load(options);
        ValidationResult result = validation.Run(network, ScalarType.Float32);
        var card = new ModelCard
        {
            Name = exportOptions.Name,
            Version = exportOptions.Version,
            License = exportOptions.License,
            Training = string.Create(CultureInfo.InvariantCulture,
                $"{best["step"]} steps of {options.BatchSize} crops of {options.CropSize}²; seed {options.Seed}; lists ")
                + string.Join(", ", options.Train.Select(l => Path.GetFileNameWithoutExtension(l.List))),
            Stride = HeadTopology.ScoreStride,
            Threshold = result.Threshold,
            SuppressionRadius = result.SuppressionRadius,
            Margin = Margin,
            // The validation ran in floats: it says nothing of integers.
            Scores = exportOptions.Quantize ? "" : result.ToJson()["lists"]!.ToJsonString(),
        };
        string part = path + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        OnnxExport.Save(network, card, part, exportOptions.Quantize ? ActivationRanges.Of(network, CalibrationPictures(options)) : null);
        double difference = LargestDifference(part, network, validation.Tiles(Tiles));
        if (!exportOptions.Quantize && !(difference <= Tolerance))
        {
            File.Delete(part);
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"{path}: not written, the exported network differs from the trained one by {difference:g3} (allowed {Tolerance:g3})"));
        }
        File.Move(part, path, overwrite: true);
        return (card, difference);
    }

    private const int Tiles = 12;

    private const int CalibrationPicturesPerList = 8;

    private static IEnumerable<RgbImage> CalibrationPictures(TrainingOptions options) =>
        options.Train.SelectMany(l => TrainingSet.LoadList(options.Dataset, l.List, CalibrationPicturesPerList)).Select(p => p.Image);

    /// <summary>Largest absolute difference of score, offset (cells) and density between file and network over the tiles.</summary>
    internal static double LargestDifference(string path, HeadNetwork network, IEnumerable<RgbImage> tiles)
    {
        using var model = HeadModel.Load(path, 1);
        using var noGradient = no_grad();
        double largest = 0;
        foreach (RgbImage tile in tiles)
        {
            using var scope = NewDisposeScope();
            using HeadMaps file = model.Run(tile.Pixels, 1, tile.Width, tile.Height);
            HeadTensors trained = network.Forward(Validation.Padded(tile), training: false, ScalarType.Float32);
            ScoreMap map = file.Score(0);
            Compare(map.Score, trained.Score(), 1);
            Compare(map.OffsetX, trained.Offset[.., ..1], HeadTopology.ScoreStride);
            Compare(map.OffsetY, trained.Offset[.., 1..], HeadTopology.ScoreStride);
            Compare(file.Density(0), trained.Density, 1);
        }
        return largest;

        void Compare(ReadOnlySpan<float> actual, Tensor expected, float unit)
        {
            float[] values = expected.contiguous().data<float>().ToArray();
            if (actual.Length != values.Length)
                throw new InvalidDataException($"{path}: a map has {actual.Length} cells, the network {values.Length}");
            for (int i = 0; i < values.Length; i++)
                largest = Math.Max(largest, Math.Abs(actual[i] / unit - values[i]));
        }
    }
}
