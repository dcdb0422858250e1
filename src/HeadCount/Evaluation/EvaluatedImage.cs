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

    /// <summary>Regions in which nothing counts: <see cref="EvaluationSummary"/> leaves out what stands there, true
    /// heads and detections alike.</summary>
    public IReadOnlyList<IgnoredRegion> Ignored { get; init; } = [];

    /// <summary>
    /// The picture without the heads and detections that stand in ignored regions; its density sum stays as it is given.
    /// </summary>
    public EvaluatedImage WithoutIgnored()
    {
        if (Ignored.Count == 0)
            return this;
        var kept = Enumerable.Range(0, Truth.Count).Where(i => !InIgnored(Truth[i])).ToList();
        return this with
        {
            Truth = [.. kept.Select(i => Truth[i])],
            Sigmas = Sigmas is null ? null : [.. kept.Select(i => Sigmas[i])],
            Predictions = [.. Predictions.Where(point => !InIgnored(point))],
            Ignored = [],
        };
    }

    private bool InIgnored(HeadPoint point) => Ignored.Any(region => region.Contains(point));
}
