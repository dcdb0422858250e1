using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>One picture's true and detected heads.</summary>
/// <param name="Name">The picture's identity in reports.</param>
/// <param name="Truth">True heads; some may lie outside the frame.</param>
/// <param name="Predictions">Detected heads.</param>
public sealed record EvaluatedImage(
    string Name, IReadOnlyList<HeadPoint> Truth, IReadOnlyList<HeadPoint> Predictions)
{
    /// <summary>Width and height of the upright picture in pixels; null where only points are at hand.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>The sum of the model's density map, a second estimate of the count; null without one.</summary>
    public double? DensitySum { get; init; }

    /// <summary>Matching radii, one a true head, where the truth states them.</summary>
    public IReadOnlyList<HeadSigma>? Sigmas { get; init; }
}
