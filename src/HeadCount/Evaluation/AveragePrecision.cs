using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>
/// Average precision over the score threshold. The detections of all pictures are taken by falling score; each claims
/// the nearest true head of its picture within the radius (inclusive) that no detection before it has claimed, and is
/// false without one. AP is the area under the precision-recall curve with every point used and precision made
/// monotone, as in PASCAL VOC since 2010. Detections of equal score enter the curve as one point.
/// </summary>
public static class AveragePrecision
{
    /// <summary>Radii of the mean: 1 to 100 pixels, as UCF-QNRF is scored.</summary>
    private const int MaxRadius = 100;

    /// <summary>AP at each radius of 1, 2, …, 100 pixels.</summary>
    /// <param name="pictures">The pictures with their true heads and scored detections.</param>
    /// <returns>100 values in 0..1: all 1 without heads and detections, all 0 if just one is missing.</returns>
    public static IReadOnlyList<double> OverRadii(IReadOnlyList<EvaluatedImage> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        long heads = pictures.Sum(picture => (long)picture.Truth.Count);
        int detections = pictures.Sum(picture => picture.Predictions.Count);
        if (heads == 0 || detections == 0)
            return [.. Enumerable.Repeat(heads + detections == 0 ? 1.0 : 0.0, MaxRadius)];

        // Detections of all pictures in one list, and for each radius which of them are true.
        double[] scores = new double[detections];
        bool[][] isTrue = [.. Enumerable.Range(0, MaxRadius).Select(_ => new bool[detections])];
        int first = 0;
        foreach (EvaluatedImage picture in pictures)
        {
            Claim(picture, first, scores, isTrue);
            first += picture.Predictions.Count;
        }
        int[] order = [.. Enumerable.Range(0, detections)];
        Array.Sort([.. scores.Select(score => -score)], order);
        return [.. isTrue.Select(hits => Area(order, scores, hits, heads))];
    }

    /// <summary>The mean of <see cref="OverRadii"/>.</summary>
    public static double Mean(IReadOnlyList<EvaluatedImage> pictures) => OverRadii(pictures).Average();

    private static void Claim(EvaluatedImage picture, int first, double[] scores, bool[][] isTrue)
    {
        // Ties are broken by position, so that the order of the input does not matter.
        HeadPoint[] ranked = [.. picture.Predictions.OrderByDescending(head => head.Score)
            .ThenBy(head => head.Y).ThenBy(head => head.X)];
        var grid = new PointIndex(picture.Truth);
        var reachable = new Candidate[ranked.Length][];
        var found = new List<Candidate>();
        for (int i = 0; i < ranked.Length; i++)
        {
            scores[first + i] = ranked[i].Score;
            found.Clear();
            if (picture.Truth.Count > 0)
                grid.Within(ranked[i].X, ranked[i].Y, MaxRadius, found);
            found.Sort(static (a, b) => a.Distance.CompareTo(b.Distance));
            reachable[i] = [.. found];
        }
        bool[] claimed = new bool[picture.Truth.Count];
        for (int radius = 1; radius <= MaxRadius; radius++)
        {
            Array.Clear(claimed);
            for (int i = 0; i < ranked.Length; i++)
                foreach (Candidate candidate in reachable[i])
                {
                    if (candidate.Distance > radius)
                        break;
                    if (claimed[candidate.Index])
                        continue;
                    claimed[candidate.Index] = true;
                    isTrue[radius - 1][first + i] = true;
                    break;
                }
        }
    }

    private static double Area(int[] order, double[] scores, bool[] isTrue, long heads)
    {
        var curve = new List<(double Precision, double Recall)>();
        long hits = 0;
        for (int i = 0; i < order.Length; i++)
        {
            hits += isTrue[order[i]] ? 1 : 0;
            if (i + 1 == order.Length || scores[order[i + 1]] != scores[order[i]])
                curve.Add(((double)hits / (i + 1), (double)hits / heads));
        }
        double area = 0, precision = 0;
        for (int i = curve.Count - 1; i >= 0; i--)
        {
            precision = Math.Max(precision, curve[i].Precision);
            area += precision * (curve[i].Recall - (i > 0 ? curve[i - 1].Recall : 0));
        }
        return area;
    }
}
