using HeadCount.Annotations;

namespace HeadCount.Localization;

/// <summary>
/// Joins what several looks at the same place have found. The best head that is left gathers the nearest one of every
/// other look within <see cref="Reach"/>; together they are one head. Its score is the mean of theirs (in logits), a look
/// that has none there counting with <see cref="Unseen"/>; its position is their mean. So what one look alone takes for a
/// head loses, and what all see a little wins.
/// </summary>
internal static class Consensus
{
    /// <summary>Lowest score that a look's head takes part with, and the score for heads that a look does not see.</summary>
    internal const double Unseen = 0.3;

    /// <summary>Distance in pixels up to which heads of two looks are one.</summary>
    private const double Reach = 7;

    /// <summary>Joins looks.</summary>
    /// <param name="looks">The heads of each look in the same frame, and its weight; heads below <see cref="Unseen"/> are
    /// passed over.</param>
    /// <param name="suppressionRadius">Of two heads nearer than this the weaker is dropped, pixels.</param>
    /// <returns>The heads, the best first; none scores below <see cref="Unseen"/>.</returns>
    internal static List<HeadPoint> Join(IReadOnlyList<(IReadOnlyList<HeadPoint> Heads, double Weight)> looks,
        double suppressionRadius)
    {
        (HeadPoint Head, int Look)[] all = [.. looks
            .SelectMany((look, i) => look.Heads.Where(head => head.Score >= Unseen).Select(head => (head, i)))
            .OrderBy(item => item.head, Comparer<HeadPoint>.Create(PeakFinder.BestFirst)).ThenBy(item => item.i)];
        var grid = new PointGrid(Reach);
        for (int i = 0; i < all.Length; i++)
            grid.Add(all[i].Head.X, all[i].Head.Y, i);
        var taken = new bool[all.Length];
        var nearest = new (double Distance, int Item)[looks.Count];
        double totalWeight = looks.Sum(look => look.Weight);
        var joined = new List<HeadPoint>();
        for (int i = 0; i < all.Length; i++)
        {
            if (taken[i])
                continue;
            Array.Fill(nearest, (Reach * Reach, -1));
            nearest[all[i].Look] = (-1, i);
            foreach ((double x, double y, int other) in grid.Around(all[i].Head.X, all[i].Head.Y))
            {
                double dx = x - all[i].Head.X, dy = y - all[i].Head.Y, distance = dx * dx + dy * dy;
                if (!taken[other] && (distance, other).CompareTo(nearest[all[other].Look]) < 0)
                    nearest[all[other].Look] = (distance, other);
            }
            double logit = 0, sumX = 0, sumY = 0, seen = 0;
            for (int look = 0; look < looks.Count; look++)
            {
                int item = nearest[look].Item;
                logit += looks[look].Weight / totalWeight * Logit(item < 0 ? Unseen : all[item].Head.Score);
                if (item < 0)
                    continue;
                taken[item] = true;
                sumX += looks[look].Weight * all[item].Head.X;
                sumY += looks[look].Weight * all[item].Head.Y;
                seen += looks[look].Weight;
            }
            joined.Add(new HeadPoint(sumX / seen, sumY / seen, 1 / (1 + Math.Exp(-logit))));
        }
        return PeakFinder.Suppress(joined, suppressionRadius);
    }

    // Scores of exactly 0 and 1 have none; a head is never surer than one in a thousand.
    private static double Logit(double score)
    {
        score = Math.Clamp(score, .001, .999);
        return Math.Log(score / (1 - score));
    }
}
