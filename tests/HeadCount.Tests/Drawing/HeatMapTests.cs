using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Drawing;
using HeadCount.Imaging;
using HeadCount.Inference;
using Xunit;

namespace HeadCount.Tests.Drawing;

public sealed class HeatMapTests
{
    private static RgbImage Colored(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (int i = 0; i < image.Pixels.Length; i += 3)
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (200, 100, 50);
        return image;
    }

    private static byte[] At(RgbImage image, int x, int y) => image.Pixels[(3 * (y * image.Width + x))..][..3];

    [Property(MaxTest = 60)]
    public void FromHeads_SumsToTheCount(byte width, byte height, (short, short)[] points)
    {
        HeadPoint[] heads = [.. points.Select(p => new HeadPoint(p.Item1 / 50.0, p.Item2 / 50.0))];
        DensityMap density = HeatMap.FromHeads(5 * width + 1, 5 * height + 1, heads);
        Assert.Equal(heads.Length, density.Values.Sum(value => (double)value), 1e-3);
        Assert.All(density.Values, value => Assert.True(value >= 0));
    }

    [Fact]
    public void FromHeads_IsNarrowerWhereHeadsAreDense()
    {
        // Four heads 4 pixels apart on the left, one alone on the right.
        HeadPoint[] heads = [new(100, 100), new(104, 100), new(100, 104), new(104, 104), new(300, 100)];
        DensityMap density = HeatMap.FromHeads(400, 200, heads);
        Assert.Equal(1, density.Stride);
        Assert.True(density.Values[100 * 400 + 100] > 5 * density.Values[100 * 400 + 300]);
        // Mean distance (4 + 4 + 4√2) / 3 = 4.55, so three sigma are 4.1 pixels beyond the group.
        Assert.Equal(4, Enumerable.Range(0, 200).Sum(y => density.Values.AsSpan(y * 400 + 95, 15).ToArray().Sum()), 2e-2);
    }

    [Fact]
    public void Draw_ColoursTheCrowdAndGreysTheRest()
    {
        RgbImage picture = Colored(640, 480);
        var density = new DensityMap(640, 480, 8);
        density.Values[20 * density.Width + 20] = 4;
        RgbImage drawn = HeatMap.Draw(picture, density);
        byte[] far = At(drawn, 400, 100), peak = At(drawn, 164, 164);
        // Three quarters of the luma 0.299·200 + 0.587·100 + 0.114·50 = 124.2.
        Assert.Equal([93, 93, 93], far);
        Assert.True(peak[0] > 200 && peak[1] > 200 && peak[2] < peak[0], $"({peak[0]}, {peak[1]}, {peak[2]})");
    }

    [Fact]
    public void Draw_TreatsTheBorderLikeTheMiddle()
    {
        // 8 does not divide 100: the last cells reach beyond the picture and hold less.
        RgbImage picture = Colored(500, 300);
        var density = new DensityMap(500, 300, 8);
        for (int row = 0; row < density.Height; row++)
            for (int column = 0; column < density.Width; column++)
                density.Values[row * density.Width + column] =
                    Math.Min(8, 500 - 8 * column) * Math.Min(8, 300 - 8 * row);
        RgbImage drawn = HeatMap.Draw(picture, density);
        byte[] middle = At(drawn, 250, 100);
        foreach ((int x, int y) in ((int, int)[])[(0, 0), (499, 0), (0, 299), (499, 50), (120, 299)])
            Assert.All(At(drawn, x, y).Zip(middle), pair => Assert.InRange(pair.First - pair.Second, -2, 2));
    }

    [Fact]
    public void Draw_OnAReducedCopy_PutsTheCrowdAtItsPlace()
    {
        DensityMap density = HeatMap.FromHeads(1200, 900, [new HeadPoint(300, 600)]);
        RgbImage drawn = HeatMap.Draw(Colored(400, 300), density);
        int brightest = Enumerable.Range(0, 300 * 300).MaxBy(i => At(drawn, i % 300, i / 300)[0]);
        Assert.InRange(brightest % 300, 97, 103);
        Assert.InRange(brightest / 300, 197, 203);
    }

    [Fact]
    public void Ramp_GrowsLighterInEvenSteps()
    {
        double[] lightness = [.. Enumerable.Range(0, 8).Select(i => Lightness(HeatMap.Ramp(i / 7.0)))];
        double[] steps = [.. lightness.Skip(1).Zip(lightness, (next, before) => next - before)];
        Assert.All(steps, step => Assert.InRange(step, .8 * steps.Average(), 1.2 * steps.Average()));
    }

    // CIE 1976 L* of an sRGB colour.
    private static double Lightness(Rgb color)
    {
        double luminance = .2126 * Linear(color.R) + .7152 * Linear(color.G) + .0722 * Linear(color.B);
        return 116 * Math.Cbrt(luminance) - 16;

        static double Linear(byte value) =>
            value / 255.0 <= .04045 ? value / 255.0 / 12.92 : Math.Pow((value / 255.0 + .055) / 1.055, 2.4);
    }
}
