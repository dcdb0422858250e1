using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Drawing;
using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Drawing;

public sealed class OverlayTests
{
    private static readonly (byte, byte, byte) Yellow = (255, 214, 10), Blue = (86, 180, 233), Orange = (255, 107, 26),
        AlarmYellow = (240, 228, 66);

    private static RgbImage Grey(int width, int height)
    {
        var image = new RgbImage(width, height);
        Array.Fill(image.Pixels, (byte)128);
        return image;
    }

    private static (byte R, byte G, byte B) At(RgbImage image, double x, double y)
    {
        int i = 3 * ((int)y * image.Width + (int)x);
        return (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
    }

    // Pixels of a colour in a square around a place.
    private static int Count(RgbImage image, (byte, byte, byte) color, double x, double y, int reach = 16)
    {
        int count = 0;
        for (int dy = -reach; dy <= reach; dy++)
            for (int dx = -reach; dx <= reach; dx++)
                if (At(image, x + dx, y + dy) == color)
                    count++;
        return count;
    }

    [Fact]
    public void LonelyHead_GetsARingWithADarkOutline()
    {
        RgbImage drawn = Overlay.Draw(Grey(1024, 768), [new HeadPoint(500.5, 400.5)]);
        Assert.Equal((128, 128, 128), At(drawn, 500, 400));
        foreach ((int dx, int dy) in ((int, int)[])[(11, 0), (-11, 0), (0, 11), (0, -11)])
            Assert.Equal(Yellow, At(drawn, 500 + dx, 400 + dy));
        // The ring's edges lie at 9.9 and 12.1 pixels, the outline reaches one further.
        Assert.All([At(drawn, 509, 400), At(drawn, 513, 400)], pixel => Assert.InRange(pixel.R, 16, 127));
        Assert.Equal((128, 128, 128), At(drawn, 515, 400));
    }

    [Fact]
    public void DenseHeads_EachKeepAMarkThatCanBeToldApart()
    {
        const int Apart = 7;
        HeadPoint[] heads = [.. Enumerable.Range(0, 400).Select(i =>
            new HeadPoint(300.5 + i % 20 * Apart, 300.5 + i / 20 * Apart))];
        RgbImage drawn = Overlay.Draw(Grey(1024, 768), heads);
        foreach (HeadPoint head in heads)
        {
            Assert.Equal(Yellow, At(drawn, head.X, head.Y));
            Assert.NotEqual(Yellow, At(drawn, head.X + Apart / 2, head.Y + Apart / 2));
        }
    }

    [Fact]
    public void Badge_ShowsDifferentCountsDifferently()
    {
        HashSet<string> badges = [];
        for (int count = 0; count < 30; count++)
        {
            // Outside the frame: counted, but not drawn.
            RgbImage drawn = Overlay.Draw(Grey(400, 300), [.. Enumerable.Repeat(new HeadPoint(-500, -500), count)]);
            badges.Add(Convert.ToHexString(drawn.Pixels));
            Assert.Contains(Enumerable.Range(0, 400 * 300), i => drawn.Pixels[3 * i] > 240);
        }
        Assert.Equal(30, badges.Count);
    }

    [Fact]
    public void Comparison_HasAColourAndAShapeForEach()
    {
        HeadPoint[] truth = [new(200.5, 300.5), new(300.5, 300.5)];
        HeadPoint[] predictions = [new(500.5, 300.5), new(204.5, 303.5)];
        RgbImage drawn = Overlay.DrawComparison(Grey(1024, 768), truth, predictions, 5);
        // A hit is where it was detected: nothing in its middle. A cross is fullest there; a triangle has a tip.
        Assert.Equal((128, 128, 128), At(drawn, 204, 303));
        Assert.True(Count(drawn, Blue, 204, 303) > 40);
        Assert.Equal(Orange, At(drawn, 300, 300));
        Assert.True(Count(drawn, Orange, 300, 300) > 20);
        Assert.Equal((128, 128, 128), At(drawn, 500, 300));
        Assert.True(Count(drawn, AlarmYellow, 500, 300) > 15);

        RgbImage stricter = Overlay.DrawComparison(Grey(1024, 768), truth, predictions, 4.99);
        Assert.Equal(0, Count(stricter, Blue, 204, 303));
        // Partly under the cross of the miss beside it.
        Assert.True(Count(stricter, AlarmYellow, 204, 303) > 5);
        Assert.Equal(Orange, At(stricter, 200, 300));
    }

    [Property(MaxTest = 60)]
    public void AnySizeAndAnyHeads_LeaveThePictureAsItWas(byte width, byte height, (short, short)[] points)
    {
        RgbImage picture = Grey(width % 64 + 1, height % 64 + 1);
        HeadPoint[] heads = [.. points.Select(p => new HeadPoint(p.Item1 / 8.0, p.Item2 / 8.0))];
        Assert.Equal((picture.Width, picture.Height), Size(Overlay.Draw(picture, heads)));
        Assert.Equal((picture.Width, picture.Height),
            Size(Overlay.DrawComparison(picture, heads, [.. heads.Skip(1)], 3)));
        Assert.Equal((picture.Width, picture.Height),
            Size(HeatMap.Draw(picture, HeatMap.FromHeads(picture.Width, picture.Height, heads))));
        Assert.All(picture.Pixels, value => Assert.Equal(128, value));

        static (int, int) Size(RgbImage image) => (image.Width, image.Height);
    }

    [Fact]
    public void CoordinatesThatAreNone_AreRefused() => Assert.Throws<ArgumentException>(() =>
        Overlay.Draw(Grey(10, 10), [new HeadPoint(double.NaN, 1)]));
}
