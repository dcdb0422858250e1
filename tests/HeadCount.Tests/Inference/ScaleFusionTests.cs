using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Inference;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class ScaleFusionTests
{
    // Scores of coarse passes come twice as far from 1.
    private static readonly ModelCard _card = DotModel.Card with { Threshold = .6, CoarsePenalty = 2, CoarseDistance = 32 };

    [Theory]
    [InlineData(1024, 768, 4)]
    [InlineData(4032, 3024, 6)]
    [InlineData(192, 1, 2)]
    [InlineData(191, 191, 1)]
    [InlineData(1, 1, 1)]
    public void Sizes_HalveAsLongAsTheLongerSideKeeps96Pixels(int width, int height, int sizes) =>
        Assert.Equal(sizes, ScaleFusion.Sizes(width, height, fast: false));

    [Theory]
    [InlineData(1599, 1599, 1)]
    [InlineData(1600, 100, 2)]
    [InlineData(4032, 3024, 3)]
    [InlineData(1, 1, 1)]
    public void Sizes_ThatMustBeFast_HalveAsLongAsTheLongerSideKeeps800Pixels(int width, int height, int sizes) =>
        Assert.Equal(sizes, ScaleFusion.Sizes(width, height, fast: true));

    private static PictureView View(int width, int height, params HeadPoint[] heads)
    {
        var density = new DensityMap(width, height, 4);
        density.Values[0] = 3;
        return new PictureView(width, height, threshold => [.. heads.Where(head => head.Score >= threshold)], 3, density);
    }

    private static PictureView Merged(HeadPoint[] picture, params HeadPoint[][] smaller) => ScaleFusion.Merge(
        [View(256, 128, picture), .. smaller.Select((heads, i) => View(128 >> i, 64 >> i, heads))], _card);

    private static IEnumerable<HeadPoint> Rounded(IEnumerable<HeadPoint> heads) =>
        heads.Select(head => head with { Score = Math.Round(head.Score, 6) });

    [Fact]
    public void Merge_AddsWhatTheSmallerSizeIsSureOf_FarFromAllOthers()
    {
        PictureView merged = Merged(
            [new HeadPoint(100, 60, .9), new(200, 60, .55)],
            // The first head is the picture's own; (80, 40) lies 28 px from it, (100, 92) 32 px.
            [new HeadPoint(50, 30, .99), new(10, 10, .85), new(40, 20, .99), new(50, 46, .875), new(30, 10, .75)]);
        HeadPoint[] all = [new(20, 20, .7), new(60, 20, .5), new(100, 60, .9), new(200, 60, .55), new(100, 92, .75)];
        foreach (double threshold in (double[])[.5, .6, .72, .8])
            Assert.Equal(all.Where(head => head.Score >= threshold), Rounded(merged.Heads(threshold)));
        // Its own, and the two that were added and count.
        Assert.Equal(5, merged.DensitySum!.Value, 1e-9);
        Assert.Equal(5, merged.Density!.Values.Sum(), 1e-4);
        // A head over 32×32 pixels and a little more, for cells that they cut.
        Assert.InRange(merged.Density.Values.Skip(1).Max(), 1f / 81, 1f / 64);
    }

    [Fact]
    public void Merge_OfTwoBelowTheThresholdOrBeside_LetsTheBetterCount()
    {
        // The picture's own head is not certain: the smaller size's counts in its place, at its score.
        Assert.Equal([new(104, 60, .9)], Rounded(Merged([new(100, 60, .55)], [new HeadPoint(52, 30, .95)]).Heads(.3)));
        // Neither is: the better stays.
        Assert.Equal([new(100, 60, .55)], Rounded(Merged([new(100, 60, .55)], [new HeadPoint(52, 30, .7)]).Heads(.3)));
        // A certain one stays, whatever the smaller size says.
        Assert.Equal([new(100, 60, .65)], Rounded(Merged([new(100, 60, .65)], [new HeadPoint(52, 30, 1)]).Heads(.3)));
    }

    [Fact]
    public void Merge_OfManySizes_PenalisesAHeadOnce()
    {
        PictureView merged = Merged([], [], [], [new HeadPoint(10, 10, .9)]);
        Assert.Equal([new(80, 80, .8)], Rounded(merged.Heads(.3)));
    }

    [Fact]
    public void Merge_OfOneSize_IsThePicture() =>
        Assert.Equal([new(9, 9, .5)], Merged([new HeadPoint(9, 9, .5)]).Heads(.3));

    [Property(MaxTest = 100)]
    public void Heads_OfALowerThreshold_ThatScoreAsMuch_AreThoseOfTheHigher(int seed)
    {
        var random = new Random(seed);
        HeadPoint[] Scatter(int width, int height) =>
            [.. Enumerable.Range(0, 40).Select(_ => new HeadPoint(random.NextDouble() * width, random.NextDouble() * height, random.NextDouble()))];
        PictureView merged = Merged(Scatter(256, 128), Scatter(128, 64), Scatter(64, 32));
        foreach (double threshold in (double[])[.1, .5, .6, .65, .9])
            Assert.Equal(merged.Heads(0).Where(head => head.Score >= threshold), merged.Heads(threshold));
    }

    [Theory]
    [InlineData(255, 127)]
    [InlineData(257, 129)]
    [InlineData(2001, 3)]
    public void Merge_OfOddSizes_KeepsHeadsInside(int width, int height)
    {
        int halfWidth = (width + 1) / 2, halfHeight = (height + 1) / 2;
        var corner = new HeadPoint(Math.BitDecrement((double)halfWidth), Math.BitDecrement((double)halfHeight), 1);
        HeadPoint head = Assert.Single(ScaleFusion.Merge([View(width, height), View(halfWidth, halfHeight, corner)], _card).Heads(.5));
        Assert.InRange(head.X, width - 2, Math.BitDecrement((double)width));
        Assert.InRange(head.Y, height - 2, Math.BitDecrement((double)height));
    }
}
