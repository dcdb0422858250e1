using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Inference;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class PyramidTests
{
    [Theory]
    [InlineData(1024, 768, 1)]
    [InlineData(1599, 1599, 1)]
    [InlineData(1600, 100, 2)]
    [InlineData(1080, 1920, 2)]
    [InlineData(4032, 3024, 3)]
    [InlineData(20000, 15000, 5)]
    [InlineData(1, 1, 1)]
    public void Levels_HalveAsLongAsTheLongerSideKeeps800Pixels(int width, int height, int levels) =>
        Assert.Equal(levels, Pyramid.Levels(width, height));

    // The larger view is 256×128 pixels: four blocks by two; the smaller one 128×64.
    private static PictureView View(int width, int height, int cell, (int Column, int Row, float Heads)[] blocks, params HeadPoint[] heads)
    {
        var density = new DensityMap(width, height, cell);
        // A block's heads in its first cell.
        foreach ((int column, int row, float sum) in blocks)
            density.Values[row * (height / 2 / cell) * density.Width + column * (width / 4 / cell)] = sum;
        return new PictureView(width, height, threshold => [.. heads.Where(head => head.Score >= threshold)],
            density.Values.Sum(), density);
    }

    private static PictureView Larger(int cell, (int, int, float)[] blocks, params HeadPoint[] heads) => View(256, 128, cell, blocks, heads);

    private static PictureView Smaller(int cell, (int, int, float)[] blocks, params HeadPoint[] heads) => View(128, 64, cell, blocks, heads);

    [Theory]
    [InlineData(4)]
    [InlineData(32)]
    public void Join_WhereNoCrowdIs_TakesTheSmallerView(int cell)
    {
        PictureView joined = Pyramid.Join([
            Larger(cell, [(0, 0, 15.9f), (3, 1, 2)], new(10, 10, .9), new(200, 100, .9)),
            Smaller(cell, [(0, 0, 3.9f), (2, 1, 1)], new(20, 30, .8), new(70, 40, .7))]);
        Assert.Equal([new(40, 60, .8), new(140, 80, .7)], joined.Heads(.5));
        Assert.Equal([new(40, 60, .8)], joined.Heads(.75));
        Assert.Equal(4.9, joined.DensitySum!.Value, 1e-4);
        Assert.Equal((256, 128, cell), (joined.Width, joined.Height, joined.Density!.Stride));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(16, 0)]
    public void Join_InACrowdOfEitherView_TakesTheLargerView(float inLarger, float inSmaller)
    {
        PictureView joined = Pyramid.Join([
            Larger(4, [(1, 0, inLarger), (2, 0, 1)], new(100, 10, .9), new(110, 10, .6), new(140, 10, .9)),
            Smaller(4, [(1, 0, inSmaller), (2, 0, .5f)], new(50, 20, .8), new(80, 30, .8))]);
        Assert.Equal([new(100, 10, .9), new(110, 10, .6), new(160, 60, .8)], joined.Heads(.5));
        Assert.Equal(inLarger + .5, joined.DensitySum!.Value, 1e-4);
    }

    [Fact]
    public void Join_HeadOnEitherSideOfACrowdsEdge_CountsOnce()
    {
        (int, int, float)[] crowd = [(1, 0, 20)];
        // The crowd begins at column 64.
        PictureView joined = Pyramid.Join([
            Larger(4, crowd, new HeadPoint(66, 20, .9), new HeadPoint(90, 20, .9)), Smaller(4, crowd, new HeadPoint(31, 10, .8))]);
        Assert.Equal([new(66, 20, .9), new(90, 20, .9)], joined.Heads(.5));
    }

    [Fact]
    public void Join_OfThree_LetsTheSmallestDecideFirst()
    {
        PictureView middle = View(128, 64, 4, [(0, 0, 9)], new HeadPoint(5, 5, .9));
        PictureView smallest = View(64, 32, 4, [(0, 0, 1)], new HeadPoint(12, 12, .8));
        PictureView joined = Pyramid.Join([View(256, 128, 4, [(0, 0, 9)], new HeadPoint(9, 9, .9)), middle, smallest]);
        Assert.Equal([new(48, 48, .8)], joined.Heads(.5));
        Assert.Equal(1, joined.DensitySum!.Value, 1e-4);
    }

    [Theory]
    [InlineData(1024, 768, 3)]
    [InlineData(1600, 1200, 3)]
    [InlineData(20000, 15000, 3)]
    [InlineData(192, 1, 1)]
    [InlineData(191, 191, 0)]
    [InlineData(1, 1, 0)]
    public void Glances_HalveAsLongAsTheLongerSideKeeps96Pixels(int width, int height, int glances) =>
        Assert.Equal(glances, Pyramid.Glances(width, height));

    [Fact]
    public void Reconcile_AddsHeadsThatTheGlanceIsSureOf_FarFromAllOthers()
    {
        PictureView picture = Larger(4, [(0, 0, 3)], new HeadPoint(100, 60, .9), new HeadPoint(200, 60, .55));
        // The first head is the picture's own.
        PictureView glance = Smaller(4, [(0, 0, 9)],
            new(50, 30, .3), new(10, 10, .85), new(30, 10, .775), new(40, 20, .99), new(50, 46, .875), new(100, 30, .95));
        PictureView joined = Pyramid.Reconcile([picture, glance], .6);
        // (80, 40) lies 28 px from (100, 60), (100, 92) lies 32; at (200, 60) nobody scores .6, and the better of two stands.
        HeadPoint[] all =
        [
            new(20, 20, .7), new(60, 20, .55), new(100, 60, .9), new(200, 60, .9), new(100, 92, .75),
        ];
        foreach (double threshold in (double[])[.5, .6, .72, .8])
            Assert.Equal(all.Where(head => head.Score >= threshold), Rounded(joined.Heads(threshold)));
        // Of the three that count.
        Assert.Equal(6, joined.DensitySum!.Value, 1e-9);
        Assert.Equal(6, joined.Density!.Values.Sum(), 1e-4);
        // A head among at most 8×8 cells, those of its block.
        Assert.InRange(joined.Density.Values.Skip(1).Max(), 1f / 64, 1f / 16);
    }

    [Fact]
    public void Reconcile_DoubtsHeadsThatTheGlanceDoesNotSee_AsFarAsTheyAreMany()
    {
        HeadPoint[] heads = [new(20, 20, .9), new(120, 20, .9), new(20, 90, .9), new(120, 90, .9)];
        // One of four is seen, 15 px from where it is; the others' scores come down to 1 + 6·¾ times as far from 1.
        PictureView joined = Pyramid.Reconcile([Larger(4, [(0, 0, 4)], heads), Smaller(4, [], new HeadPoint(17.5, 10, .3))], .6);
        Assert.Equal([heads[0], .. heads[1..].Select(head => head with { Score = .45 })], Rounded(joined.Heads(.4)));
        Assert.Equal([heads[0]], joined.Heads(.6));
        // A quarter of four, and three quarters of the head that is left.
        Assert.Equal(1.75, joined.DensitySum!.Value, 1e-9);
        Assert.Equal(1.75, joined.Density!.Values.Sum(), 1e-4);
        // A density of more than the heads is doubted less: half of six.
        joined = Pyramid.Reconcile([Larger(4, [(0, 0, 6)], heads), Smaller(4, [], new HeadPoint(17.5, 10, .3))], .6);
        Assert.Equal(3.5, joined.DensitySum!.Value, 1e-9);
        // All are seen, 16 px away and less.
        HeadPoint[] near = [.. heads.Select(head => new HeadPoint(head.X / 2 + 7.9, head.Y / 2, .3))];
        Assert.Equal(heads, Pyramid.Reconcile([Larger(4, [], heads), Smaller(4, [], near)], .6).Heads(.6));
    }

    [Theory]
    [InlineData(17, 17)]
    [InlineData(16, 0)]
    public void Reconcile_DoesNotDoubtACrowd(int heads, int left)
    {
        HeadPoint[] crowd = [.. Enumerable.Range(0, heads).Select(i => new HeadPoint(100 + i % 5 * 4, 40 + i / 5 * 4, .7))];
        Assert.Equal(left, Pyramid.Reconcile([Larger(4, [], crowd), Smaller(4, [])], .6).Heads(.6).Count);
    }

    [Fact]
    public void Reconcile_OfThree_LetsTheSmallestSpeakThroughTheNext()
    {
        PictureView picture = Larger(4, [(0, 0, 3)], new(40, 40, .8), new(60, 40, .8), new(50, 60, .8));
        PictureView glance = Smaller(4, []), least = View(64, 32, 4, [], new HeadPoint(12, 12, .9));
        PictureView joined = Pyramid.Reconcile([picture, glance, least], .6);
        // Nothing is seen twice, so all that is left is the surest, at its own score.
        Assert.Equal([new(48, 48, .9)], Rounded(joined.Heads(.3)));
        Assert.Equal(1, joined.DensitySum!.Value, 1e-9);
    }

    private static IEnumerable<HeadPoint> Rounded(IEnumerable<HeadPoint> heads) =>
        heads.Select(head => head with { Score = Math.Round(head.Score, 6) });

    [Property(MaxTest = 100)]
    public void Reconcile_CountsAHeadInItsBlock_WhateverTheCells(byte x, byte y)
    {
        var glance = Smaller(4, [], new HeadPoint(x / 2.0, y / 4.0, 1));
        float[] Blocks(int cell)
        {
            DensityMap density = Pyramid.Reconcile([Larger(cell, []), glance], .6).Density!;
            var blocks = new float[8 * 4];
            for (int i = 0; i < density.Values.Length; i++)
                blocks[i / density.Width * cell / 32 * 8 + i % density.Width * cell / 32] += density.Values[i];
            return blocks;
        }
        Assert.Equal(Blocks(32), Blocks(4), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Single(Blocks(4), sum => sum > 0);
    }

    [Property(MaxTest = 100)]
    public void Heads_OfALowerThreshold_ThatScoreAsMuch_AreThoseOfTheHigher(int seed, byte crowds)
    {
        var random = new Random(seed);
        HeadPoint[] Scatter(int width, int height) =>
            [.. Enumerable.Range(0, 40).Select(_ => new HeadPoint(random.NextDouble() * width, random.NextDouble() * height, random.NextDouble()))];
        (int, int, float)[] seen = [.. Enumerable.Range(0, 8).Where(i => (crowds >> i & 1) == 1).Select(i => (i % 4, i / 4, 20f))];
        PictureView smaller = Pyramid.Reconcile(
            [Smaller(4, seen, Scatter(128, 64)), View(64, 32, 4, [], Scatter(64, 32)), View(32, 16, 4, [], Scatter(32, 16))], .6);
        PictureView joined = Pyramid.Join([Larger(4, seen, Scatter(256, 128)), smaller]);
        foreach (double threshold in (double[])[.1, .5, .6, .65, .9])
            Assert.Equal(joined.Heads(0).Where(head => head.Score >= threshold), joined.Heads(threshold));
    }

    [Theory]
    [InlineData(255, 127)]
    [InlineData(257, 129)]
    [InlineData(2001, 3)]
    public void Join_OfOddSizes_KeepsHeadsInside(int width, int height)
    {
        int halfWidth = (width + 1) / 2, halfHeight = (height + 1) / 2;
        var corner = new HeadPoint(Math.BitDecrement((double)halfWidth), Math.BitDecrement((double)halfHeight), .9);
        PictureView joined = Pyramid.Join([
            new PictureView(width, height, _ => [], 0, new DensityMap(width, height, 4)),
            new PictureView(halfWidth, halfHeight, _ => [corner], 0, new DensityMap(halfWidth, halfHeight, 4))]);
        HeadPoint head = Assert.Single(joined.Heads(.5));
        Assert.InRange(head.X, width - 2, Math.BitDecrement((double)width));
        Assert.InRange(head.Y, height - 2, Math.BitDecrement((double)height));
    }
}
