using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Localization;
using HeadCount.Tiling;
using Xunit;

namespace HeadCount.Tests.Localization;

public class SeamSuppressionTests
{
    // Two tiles, the seam at x = 90.
    private static readonly TileGrid Grid = new(180, 100, 100, 20);

    private static List<HeadPoint> Join(HeadPoint[] left, HeadPoint[] right)
    {
        var seams = new SeamSuppression(Grid, radius: 4);
        seams.Add(0, left);
        seams.Add(1, right);
        return seams.Join();
    }

    [Fact]
    public void HeadSeenByBoth_IsTheOwners() =>
        Assert.Equal([new HeadPoint(85, 50, .8)], Join([new(85, 50, .8)], [new(85, 50, .9)]));

    [Fact]
    public void HeadThatBothClaim_IsTheSurersOne() =>
        Assert.Equal([new HeadPoint(90.1, 50, .9)], Join([new(89.9, 50, .8)], [new(90.1, 50, .9)]));

    [Fact]
    public void HeadThatNeitherClaims_IsKeptOnce() =>
        Assert.Equal([new HeadPoint(90.1, 50, .9)], Join([new(90.1, 50, .9)], [new(89.9, 50, .8)]));

    [Fact]
    public void HeadsOfOneTile_AreNotSuppressedAgain() =>
        Assert.Equal(2, Join([new(50, 50, .8), new(51, 50, .9)], []).Count);

    [Fact]
    public void HeadFarInTheNeighboursCore_IsTheNeighboursToReport() =>
        Assert.Empty(Join([new(96, 50, .9)], []));

    [Property(MaxTest = 100)]
    public bool Join_IsIndependentOfTheOrderOfTiles(int seed)
    {
        var grid = new TileGrid(100, 100, 40, 16);
        var random = new Random(seed);
        HeadPoint[][] heads = [.. Enumerable.Range(0, grid.Count).Select(i => grid[i].Bounds).Select(b =>
            Enumerable.Range(0, 12).Select(_ => new HeadPoint(
                b.X + random.Next(b.Width), b.Y + random.Next(b.Height), random.Next(5) / 5.0)).ToArray())];
        int[] order = [.. Enumerable.Range(0, grid.Count)];
        List<HeadPoint> inOrder = JoinAll();
        random.Shuffle(order);
        return inOrder.SequenceEqual(JoinAll());

        List<HeadPoint> JoinAll()
        {
            var seams = new SeamSuppression(grid, 5);
            foreach (int tile in order)
                seams.Add(tile, heads[tile]);
            return seams.Join();
        }
    }
}
