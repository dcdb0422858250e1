using HeadCount.Drawing;
using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Drawing;

public sealed class CanvasTests
{
    private static readonly Rgb White = new(255, 255, 255);

    private static double Area(Action<Canvas> paint)
    {
        var image = new RgbImage(100, 80);
        paint(new Canvas(image));
        return image.Pixels.Sum(value => value / 255.0) / 3;
    }

    [Fact]
    public void Shapes_CoverTheirArea()
    {
        Assert.Equal(Math.PI * 20 * 20, Area(c => c.Disc(50.3, 40.7, 20, White)), 2.0);
        Assert.Equal(2 * Math.PI * 20 * 3, Area(c => c.Ring(50.3, 40.7, 20, 3, White)), 2.0);
        Assert.Equal(50 * 4 + Math.PI * 4, Area(c => c.Line([(20.2, 20.6), (60.2, 50.6)], 4, White)), 2.0);
        Assert.Equal(40 * 30 - (4 - Math.PI) * 25, Area(c => c.Panel(10, 10, 40, 30, 5, White)), 2.0);
        Assert.Equal(.5 * Math.PI * 20 * 20, Area(c => c.Disc(50.3, 40.7, 20, White, .5)), 5.0);
    }

    [Fact]
    public void WhatLiesOutside_IsCutOff()
    {
        Assert.Equal(Math.PI * 20 * 20 / 4, Area(c => c.Disc(0, 0, 20, White)), 2.0);
        Assert.Equal(0, Area(c => c.Disc(-1e12, 40, 20, White)));
    }
}
