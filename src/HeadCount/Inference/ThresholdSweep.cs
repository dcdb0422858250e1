using HeadCount.Annotations;
using HeadCount.Localization;

namespace HeadCount.Inference;

/// <summary>
/// The heads of one picture at any threshold from <see cref="From"/> on, from one run of the network: exactly those
/// that counting with that threshold gives. Within a tile these are the heads that score at least as much, because
/// suppression goes from the best down; at seams, where the owner of a head goes first, they are joined anew.
/// </summary>
public sealed class ThresholdSweep
{
    private readonly SeamSuppression _seams;
    private readonly double? _densitySum;

    // With a density's sum the picture's own threshold follows it.
    internal ThresholdSweep(SeamSuppression seams, double from, double? densitySum)
    {
        _seams = seams;
        _densitySum = densitySum;
        From = from;
    }

    /// <summary>The lowest threshold, 0..1.</summary>
    public double From { get; }

    /// <summary>The heads at a threshold, from top to bottom, then from left to right.</summary>
    /// <param name="threshold">Score from which a peak counts, <see cref="From"/> to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is below <see cref="From"/> or above 1.</exception>
    public IReadOnlyList<HeadPoint> At(double threshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, From);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, 1);
        return _seams.Join(_densitySum is double sum
            ? DensityAgreement.Threshold(_seams.Join(DensityAgreement.Lowest(threshold)), threshold, sum)
            : threshold);
    }
}
