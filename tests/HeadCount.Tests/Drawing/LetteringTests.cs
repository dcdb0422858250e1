using HeadCount.Drawing;
using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Drawing;

public sealed class LetteringTests
{
    [Fact]
    public void Nine_IsASixUpsideDown()
    {
        byte[] turned = [.. Draw("9").Reverse()];
        Assert.Equal(Draw("6").Select(v => v / 64), turned.Select(v => v / 64));
    }

    // One channel of 60×100 pixels, the digit 80 high in the middle.
    private static byte[] Draw(string digit)
    {
        var canvas = new Canvas(new RgbImage(60, 100));
        Lettering.Draw(canvas, digit, 30 - Lettering.Width(digit, 80) / 2, 10, 80, Rgb.White);
        return [.. Enumerable.Range(0, 6000).Select(i => canvas.Image.Pixels[3 * i])];
    }
}
