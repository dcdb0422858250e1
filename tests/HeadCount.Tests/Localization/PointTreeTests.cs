using FsCheck.Xunit;
using HeadCount.Localization;

namespace HeadCount.Tests.Localization;

public class PointTreeTests
{
    [Property(MaxTest = 100)]
    public bool Nearest_AreThoseOfASearchThroughAll(byte points, byte places, int seed)
    {
        var random = new Random(seed);
        // Coordinates on a grid: equal ones and equal distances occur.
        (double X, double Y)[] Scatter(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => ((double)random.Next(20), (double)random.Next(20)))];
        (double X, double Y)[] tree = Scatter(points + 1), asked = Scatter(places + 1);
        int wanted = Math.Min(1 + points / 8, tree.Length);
        var found = new int[asked.Length * wanted];
        new PointTree(tree).Nearest(asked.Length, i => asked[i], wanted, found);
        return Enumerable.Range(0, asked.Length).All(i =>
        {
            double Squared(int j) => Math.Pow(tree[j].X - asked[i].X, 2) + Math.Pow(tree[j].Y - asked[i].Y, 2);
            int[] near = found[(i * wanted)..((i + 1) * wanted)];
            return near.Distinct().Count() == wanted
                && near.Select(Squared).SequenceEqual(Enumerable.Range(0, tree.Length).Select(Squared).Order().Take(wanted));
        });
    }
}
