using HeadCount.Annotations;

namespace HeadCount.Localization;

/// <summary>
/// Lets the density map have a say in how many heads a picture has. One threshold for every picture finds too many
/// heads in one and too few in another; the density's sum errs in its own way. So the picture's threshold moves, within
/// limits, to where the number of heads is a weighted mean of the two counts.
/// </summary>
public static class DensityAgreement
{
    /// <summary>The most a threshold moves, up or down.</summary>
    public const double Reach = 0.15;

    /// <summary>The lowest score that a head of a picture may have.</summary>
    /// <param name="threshold">The threshold for all pictures, 0..1.</param>
    public static double Lowest(double threshold) => Math.Max(threshold - Reach, 0);

    /// <summary>The threshold of one picture.</summary>
    /// <param name="heads">Its heads that score <see cref="Lowest"/> or more, in any order; others are passed over.</param>
    /// <param name="threshold">The threshold for all pictures, 0..1.</param>
    /// <param name="densitySum">Heads that the density map sees in it, at least 0.</param>
    /// <param name="weight">Of the density's sum, 0..1.</param>
    /// <returns>Score from which its heads count, at most <see cref="Reach"/> from <paramref name="threshold"/>.</returns>
    public static double Threshold(IEnumerable<HeadPoint> heads, double threshold, double densitySum, double weight)
    {
        double lowest = Lowest(threshold), highest = threshold + Reach;
        double[] scores = [.. heads.Select(head => head.Score).Where(score => score >= lowest).OrderDescending()];
        int points = scores.Count(score => score >= threshold), least = scores.Count(score => score >= highest);
        int wanted = Math.Clamp((int)Math.Round((1 - weight) * points + weight * densitySum), least, scores.Length);
        if (wanted > points)
            return scores[wanted - 1];
        // Above the best head that must go.
        return wanted < points ? Math.BitIncrement(scores[wanted]) : threshold;
    }
}
