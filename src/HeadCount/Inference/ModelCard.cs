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

    /// <summary>Picture pixels per cell of the score map, a power of two.</summary>
    public required int Stride { get; init; }

    /// <summary>Score from which a peak counts as a head, in 0..1; chosen on validation data.</summary>
    public required double Threshold { get; init; }

    /// <summary>Distance in pixels below which the weaker of two peaks is dropped; chosen on validation data.</summary>
    public required double SuppressionRadius { get; init; }

    /// <summary>Pixels at a tile's inner edge whose result still depends on what lies outside the tile.</summary>
    public required int Margin { get; init; }

    /// <summary>Scores on validation lists when the model was released: a JSON object, or empty.</summary>
    public string Scores { get; init; } = "";
}
