using System.Globalization;
using HeadCount.Onnx;

namespace HeadCount.Inference;

/// <summary>
/// What a model says of itself: stored as the ONNX file's metadata, one entry a property
/// (keys <c>headcount.name</c>, <c>headcount.stride</c>, …; numbers in the invariant culture).
/// </summary>
public sealed record ModelCard
{
    /// <summary>Short name, such as <c>small</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the weights, such as <c>1.0.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Licence of the weights and terms of the data behind them, in a sentence or two.</summary>
    public required string License { get; init; }

    /// <summary>What the model was trained on, for how long, from which seed.</summary>
    public required string Training { get; init; }

    /// <summary>Picture pixels per cell of the score map, or of the density map where that is all; a power of two.
    /// </summary>
    public required int Stride { get; init; }

    /// <summary>Score from which a peak counts as a head, in 0..1; chosen on validation data. This and
    /// <see cref="SuppressionRadius"/> mean nothing for a model of density alone.</summary>
    public required double Threshold { get; init; }

    /// <summary>Distance in pixels below which the weaker of two peaks is dropped; chosen on validation data.</summary>
    public required double SuppressionRadius { get; init; }

    /// <summary>What the density map is multiplied by to give heads per cell, above 0; chosen on training data, or on a
    /// user's own.</summary>
    /// <value>The default is 1, which a file without this entry has.</value>
    public double DensityGain { get; init; } = 1;

    /// <summary>How much further from 1 a score is for a head that a smaller copy of the picture shows, at least 1.</summary>
    /// <value>The default is 1.6, which a file without this entry has.</value>
    public double CoarsePenalty { get; init; } = 1.6;

    /// <summary>A head of a smaller copy counts where no other stands within this distance, in pixels of the copy of twice the size.
    /// </summary>
    /// <value>The default is 32, which a file without this entry has.</value>
    public double CoarseDistance { get; init; } = 32;

    /// <summary>How much the density's sum says about the number of heads, 0..1; the rest is the number of heads that score the
    /// threshold.</summary>
    /// <value>The default is 0.75, which a file without this entry has.</value>
    public double DensityWeight { get; init; } = 0.75;

    /// <summary>Pixels at a tile's inner edge whose result still depends on what lies outside the tile.</summary>
    public required int Margin { get; init; }

    /// <summary>Scores on validation lists when the model was released: a JSON object, or empty.</summary>
    public string Scores { get; init; } = "";

    private const string Prefix = "headcount.";

    /// <summary>What helps with a model that does not keep the contract.</summary>
    internal const string WhatToDo = "export it with headcount-train export, or, if it is another program's, "
        + "say what it gives with --adapter density, heatmap or points";

    /// <summary>The card as metadata entries of an ONNX file.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new SortedDictionary<string, string>(
        StringComparer.Ordinal)
    {
        [Prefix + "name"] = Name,
        [Prefix + "version"] = Version,
        [Prefix + "license"] = License,
        [Prefix + "training"] = Training,
        [Prefix + "stride"] = Stride.ToString(CultureInfo.InvariantCulture),
        [Prefix + "threshold"] = Threshold.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "suppressionRadius"] = SuppressionRadius.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "densityGain"] = DensityGain.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "coarsePenalty"] = CoarsePenalty.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "coarseDistance"] = CoarseDistance.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "densityWeight"] = DensityWeight.ToString("R", CultureInfo.InvariantCulture),
        [Prefix + "margin"] = Margin.ToString(CultureInfo.InvariantCulture),
        [Prefix + "scores"] = Scores,
    };

    /// <summary>Reads a card from metadata entries.</summary>
    /// <param name="metadata">The entries; others than the card's are passed over.</param>
    /// <param name="path">The model file, for messages.</param>
    /// <exception cref="ModelException">An entry is missing or has no sensible value.</exception>
    public static ModelCard FromMetadata(IReadOnlyDictionary<string, string> metadata, string path)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new ModelCard
        {
            Name = Text("name"),
            Version = Text("version"),
            License = Text("license"),
            Training = Text("training"),
            Stride = (int)Number("stride",
                stride => stride is >= 1 and <= 64 && int.IsPow2((int)stride) && stride % 1 == 0),
            Threshold = Number("threshold", threshold => threshold is >= 0 and <= 1),
            SuppressionRadius = Number("suppressionRadius", radius => radius is >= 0 and <= 1000),
            DensityGain = NumberOr(1, "densityGain", gain => gain is > 0 and <= 100),
            CoarsePenalty = NumberOr(1.6, "coarsePenalty", penalty => penalty is >= 1 and <= 100),
            CoarseDistance = NumberOr(32, "coarseDistance", distance => distance is > 0 and <= 1000),
            DensityWeight = NumberOr(0.75, "densityWeight", weight => weight is >= 0 and <= 1),
            Margin = (int)Number("margin", margin => margin is >= 0 and <= 100_000 && margin % 1 == 0),
            Scores = metadata.GetValueOrDefault(Prefix + "scores", ""),
        };

        string Text(string key) => metadata.GetValueOrDefault(Prefix + key) ?? throw new ModelException(
            $"{path}: not a HeadCount model (no metadata entry '{Prefix}{key}'); {WhatToDo}");

        double NumberOr(double missing, string key, Func<double, bool> valid) =>
            metadata.ContainsKey(Prefix + key) ? Number(key, valid) : missing;

        double Number(string key, Func<double, bool> valid)
        {
            string text = Text(key);
            bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value);
            return isNumber && valid(value) ? value : throw new ModelException(
                $"{path}: metadata entry '{Prefix}{key}' has the senseless value '{text}'; export the model again");
        }
    }

    /// <summary>Reads the card of an ONNX file.</summary>
    /// <exception cref="ModelException">The file is not a HeadCount model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelCard Read(string path)
    {
        try
        {
            return FromMetadata(OnnxMetadata.Read(path), path);
        }
        catch (InvalidDataException e)
        {
            throw new ModelException(e.Message, e);
        }
    }

    /// <summary>Writes the card into an existing ONNX file; the network and other metadata stay as they are.</summary>
    /// <exception cref="ModelException">The file is not an ONNX model.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Write(string path)
    {
        try
        {
            var entries = new Dictionary<string, string>(OnnxMetadata.Read(path));
            foreach ((string key, string value) in ToMetadata())
                entries[key] = value;
            OnnxMetadata.Replace(path, entries);
        }
        catch (InvalidDataException e)
        {
            throw new ModelException(e.Message, e);
        }
    }
}
