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

    /// <summary>Mean of the F1 at all radii.</summary>
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

    /// <summary>What a threshold may lose of its quality for a better count: less than one choice of pictures differs from
    /// another.</summary>
    public const double Flat = 0.001;

    /// <summary>The threshold to count with: F1 hardly moves around its best while the counts do, so it is the one of
    /// the least counting error among those at most <see cref="Flat"/> below the best quality; the first of equals.</summary>
    /// <param name="thresholds">One entry a threshold, at least one; of equals the first is taken.</param>
    /// <param name="quality">Quality of an entry, in F1: the more the better.</param>
    /// <param name="countingError">Counting error of an entry, in any unit.</param>
    public static T Best<T>(IReadOnlyList<T> thresholds, Func<T, double> quality, Func<T, double> countingError)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        ArgumentNullException.ThrowIfNull(quality);
        ArgumentNullException.ThrowIfNull(countingError);
        double least = thresholds.Max(quality) - Flat;
        return thresholds.Where(entry => quality(entry) >= least).MinBy(countingError)!;
    }
}
