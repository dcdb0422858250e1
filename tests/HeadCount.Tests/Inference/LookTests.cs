using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Inference;
using Xunit;

namespace HeadCount.Tests.Inference;

public class LookTests
{
    [Theory]
    [InlineData(CountQuality.Fast, 1)]
    [InlineData(CountQuality.Balanced, 1)]
    [InlineData(CountQuality.Best, 4)]
    public void Qualities_BeginWithThePictureAsItIs(CountQuality quality, int looks)
    {
        Assert.Equal(looks, Look.Of(quality).Count);
        byte[] tile = [.. Enumerable.Range(0, 3 * 5 * 4).Select(i => (byte)i)];
        Assert.Equal(tile, Look.Of(quality)[0].Show(tile, 1, 5, 4));
    }

    [Fact]
    public void Mirrored_SwapsLeftAndRightOfEveryTile()
    {
        byte[] tiles = [.. Enumerable.Range(0, 2 * 3 * 3 * 2).Select(i => (byte)i)];
        byte[] shown = Look.Of(CountQuality.Best)[1].Show(tiles, 2, 3, 2).ToArray();
        Assert.Equal(new byte[] { 6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17 }, shown[..12]);
        Assert.Equal(new byte[] { 24, 25, 26, 21, 22, 23, 18, 19, 20 }, shown[18..27]);
    }

    [Property]
    public bool WhatIsShown_StandsWhereBackSays(byte w, byte h, byte x, byte y)
    {
        (int width, int height) = (w % 60 + 40, h % 60 + 40);
        (int dotX, int dotY) = (4 + x % (width - 8), 4 + y % (height - 8));
        byte[] tile = DotModel.Draw(width, height, [(dotX, dotY)]).Pixels;
        return Look.Of(CountQuality.Best).All(look =>
        {
            (int Width, int Height) size = look.SizeOf(width, height);
            byte[] shown = look.Show(tile, 1, width, height).ToArray();
            double mass = 0, sumX = 0, sumY = 0;
            for (int i = 0; i < size.Width * size.Height; i++)
            {
                mass += shown[3 * i];
                sumX += shown[3 * i] * (i % size.Width + .5);
                sumY += shown[3 * i] * (i / size.Width + .5);
            }
            HeadPoint back = look.Back(new HeadPoint(sumX / mass, sumY / mass), width, height);
            return shown.Length == 3 * size.Width * size.Height
                && Math.Abs(back.X - dotX - .5) < .3 && Math.Abs(back.Y - dotY - .5) < .3;
        });
    }
}
