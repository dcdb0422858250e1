using HeadCount.Annotations;
using HeadCount.Evaluation;

namespace HeadCount.Drawing;

/// <summary>How far heads are apart where each of them is: what the size of marks and blobs goes by.</summary>
internal static class HeadSpacing
{
    private const int Neighbours = 3;

    /// <summary>For each head the mean distance to its three nearest neighbours, those farther away than
    /// <paramref name="most"/> (or missing) counted as if they were there.</summary>
    internal static double[] Of(IReadOnlyList<HeadPoint> heads, double most)
    {
        var index = new PointIndex(heads);
        var found = new List<Candidate>();
        var spacing = new double[heads.Count];
        for (int i = 0; i < spacing.Length; i++)
        {
            // Widened until the head itself and its neighbours are in reach.
            for (double radius = most / 16; ; radius *= 2)
            {
                radius = Math.Min(radius, most);
                found.Clear();
                index.Within(heads[i].X, heads[i].Y, radius, found);
                if (found.Count > Neighbours || radius == most)
                    break;
            }
            double[] distances = [.. found.Select(near => near.Distance).Order().Skip(1).Take(Neighbours)];
            spacing[i] = (distances.Sum() + most * (Neighbours - distances.Length)) / Neighbours;
        }
        return spacing;
    }
}
