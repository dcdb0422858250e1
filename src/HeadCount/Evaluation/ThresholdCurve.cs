namespace HeadCount.Evaluation;

/// <summary>What a score threshold gives.</summary>
/// <param name="Threshold">Score from which a head counts, 0..1.</param>
/// <param name="Pictures">Every picture at this threshold.</param>
public sealed record ThresholdPoint(double Threshold, IReadOnlyList<PictureScore> Pictures)
{
    /// <summary>Counting errors over the pictures.</summary>
    public CountingErrors Counting { get; } = CountingErrors.Of(
        Pictures.Select(picture => (picture.Truth, (double)picture.Predicted)));

    /// <summary>Localisation score over the pictures at each radius.</summary>
    public IReadOnlyList<LocalizationScore> Scores { get; } =
        [.. Pictures[0].Localization.Select(entry => Metric.Sum(Pictures, entry.Radius))];

    /// <summary>Mean of the F1 at all radii: what a threshold is chosen by.</summary>
    public double MeanF1 => Scores.Average(score => score.F1);
}

/// <summary>Scores over the threshold.</summary>
public static class ThresholdCurve
{
    /// <summary>Thresholds that are tried unless others are given: .05, .075, …, .95.</summary>
    public static IReadOnlyList<double> Thresholds { get; } =
        [.. Enumerable.Range(2, 37).Select(i => Math.Round(.025 * i, 3))];

    /// <summary>Scores the pictures at each threshold.</summary>
    /// <param name="thresholds">In any order; the points come in ascending order, equal ones once.</param>
    /// <param name="radii">Matching radii in pixels, at least one.</param>
    /// <param name="at">The pictures with the heads that count at a threshold; called from several threads.</param>
    public static IReadOnlyList<ThresholdPoint> Of(IEnumerable<double> thresholds, IReadOnlyList<double> radii,
        Func<double, IReadOnlyList<EvaluatedImage>> at)
    {
        ArgumentNullException.ThrowIfNull(radii);
        ArgumentNullException.ThrowIfNull(at);
        return [.. thresholds.Distinct().Order().AsParallel().AsOrdered().Select(threshold => new ThresholdPoint(
            threshold, [.. at(threshold).Select(image => PictureScore.Of(image, radii))]))];
    }
}
