using HeadCount.Imaging;
using HeadCount.Training.Data;
using Xunit;

namespace HeadCount.Training.Tests.Data;

public class ResamplingTests
{
    [Fact]
    public void Square_SameSizeAtWholePixels_CopiesPixels()
    {
        var image = new RgbImage(40, 30);
        new Random(1).NextBytes(image.Pixels);
        byte[] square = Resampling.Square(image, 7, 3, 16, 16, 16);
        for (int y = 0; y < 16; y++)
            Assert.Equal(image.Pixels.AsSpan(3 * ((y + 3) * 40 + 7), 48), square.AsSpan(y * 48, 48));
    }

    [Theory]
    [InlineData(0.3, 0.7, 39.1, 29.1)]
    [InlineData(0, 0, 40, 30)]
    [InlineData(5.5, 2.25, 8, 9)]
    public void Square_FlatPicture_StaysFlatToTheBorder(double left, double top, double width, double height)
    {
        var image = new RgbImage(40, 30);
        image.Pixels.AsSpan().Fill(77);
        Assert.All(Resampling.Square(image, left, top, width, height, 17), value => Assert.Equal(77, value));
    }

    [Fact]
    public void Square_Shrunk_DoesNotAlias()
    {
        // A one-pixel chequerboard turns grey; picking single pixels would leave it black and white.
        var image = new RgbImage(64, 64);
        for (int i = 0; i < 64 * 64; i++)
            image.Pixels.AsSpan(3 * i, 3).Fill((byte)((i + i / 64) % 2 * 255));
        Assert.All(Resampling.Square(image, 0, 0, 64, 64, 16), value => Assert.InRange(value, 115, 140));
    }
}
