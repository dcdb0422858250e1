namespace HeadCount.Evaluation;

/// <summary>
/// Bootstrap over pictures (Efron and Tibshirani, 1993): the pictures are drawn anew with replacement, as many as there
/// are, and the statistic is computed on each draw. Heads of one picture are not independent, so pictures are drawn and
/// not heads. The draws are seeded: the same input gives the same interval.
/// </summary>
public static class Bootstrap
{
    /// <summary>Draws behind an interval.</summary>
    public const int Resamples = 2000;

    private const int Seed = 1;

    /// <summary>The statistic and its percentile interval; null where it is undefined on the whole sample.</summary>
    /// <param name="sample">One item a picture, at least one.</param>
    /// <param name="statistic">A number of any such list, null where undefined; draws without one are left out.</param>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static Interval? Of<T>(IReadOnlyList<T> sample, Func<IReadOnlyList<T>, double?> statistic)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        return statistic(Checked(sample)) is double value
            ? Interval(value, Draws(sample.Count, Drawn(sample, statistic)))
            : null;
    }

    /// <summary>How much a statistic differs between two results on the same pictures; every draw takes the same
    /// pictures from both. Null where it is undefined on a whole sample.</summary>
    /// <param name="first">One item a picture, at least one.</param>
    /// <param name="second">The same pictures in the same order.</param>
    /// <param name="statistic">As for <see cref="Of"/>.</param>
    /// <exception cref="ArgumentException">The samples are empty or differ in length.</exception>
    public static PairedDifference? Difference<T>(
        IReadOnlyList<T> first, IReadOnlyList<T> second, Func<IReadOnlyList<T>, double?> statistic)
    {
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(statistic);
        if (Checked(first).Count != second.Count)
            throw new ArgumentException($"{first.Count} and {second.Count} pictures are no pairs.");
        if (statistic(second) - statistic(first) is not double value)
            return null;
        Func<int[], double?> ofFirst = Drawn(first, statistic), ofSecond = Drawn(second, statistic);
        double[] draws = Draws(first.Count, picks => ofSecond(picks) - ofFirst(picks));
        // The sample itself is one more draw: no p-value is smaller than the draws can tell.
        int below = draws.Count(draw => draw <= 0) + 1, above = draws.Count(draw => draw >= 0) + 1;
        double pValue = Math.Min(1, 2.0 * Math.Min(below, above) / (draws.Length + 1));
        return new PairedDifference(Interval(value, draws), pValue);
    }

    private static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return sample.Count > 0 ? sample : throw new ArgumentException("There are no pictures.", nameof(sample));
    }

    /// <summary>The statistic of the items that are picked.</summary>
    private static Func<int[], double?> Drawn<T>(IReadOnlyList<T> sample, Func<IReadOnlyList<T>, double?> statistic)
    {
        var drawn = new T[sample.Count];
        return picks =>
        {
            for (int i = 0; i < drawn.Length; i++)
                drawn[i] = sample[picks[i]];
            return statistic(drawn);
        };
    }

    private static double[] Draws(int count, Func<int[], double?> statistic)
    {
        var random = new Random(Seed);
        var picks = new int[count];
        var values = new List<double>(Resamples);
        for (int i = 0; i < Resamples; i++)
        {
            for (int j = 0; j < count; j++)
                picks[j] = random.Next(count);
            if (statistic(picks) is double value)
                values.Add(value);
        }
        values.Sort();
        return [.. values];
    }

    private static Interval Interval(double value, double[] sorted) =>
        sorted.Length == 0 ? new(value, value, value) : new(value, Quantile(sorted, .025), Quantile(sorted, .975));

    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double above = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + (above - sorted[below]) * (place - below);
    }
}
