using HeadCount.Annotations;

namespace HeadCount.Inference;

/// <summary>
/// The heads of one picture at any threshold from <see cref="From"/> on, from one run of the network: exactly those
/// that counting with that threshold gives. Within a tile these are the heads that score at least as much, because
/// suppression goes from the best down; at seams, where the owner of a head goes first, they are joined anew.
/// </summary>
public sealed class ThresholdSweep
{
    private readonly Func<double, IReadOnlyList<HeadPoint>> _at;

    internal ThresholdSweep(Func<double, IReadOnlyList<HeadPoint>> at, double from)
    {
        _at = at;
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
        return _at(threshold);
    }
}
