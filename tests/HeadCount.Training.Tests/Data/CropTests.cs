using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Training.Data;
using Xunit;

namespace HeadCount.Training.Tests.Data;

public class CropTests
{
    private static readonly Augmentation NoTone = new() { Blur = 0, Noise = 0, Grey = 0, Jpeg = 0 };

    [Property(MaxTest = 40)]
    public bool Cut_AnySeed_RepeatsAndKeepsHeadsInside(int seed)
    {
        TrainingPicture picture = Picture(seed & 0xff);
        Crop a = Crop.Cut(picture, 64, new Augmentation(), new Random(seed)), b = Crop.Cut(picture, 64, new Augmentation(), new Random(seed));
        return a.Pixels.SequenceEqual(b.Pixels) && a.X.SequenceEqual(b.X) && a.Y.SequenceEqual(b.Y)
            && a.X.Concat(a.Y).All(v => v is >= 0 and < 64) && a.Pixels.Length == 64 * 64 * 3;
    }

    [Property(MaxTest = 40)]
    public bool Cut_Discs_HeadsStayOnTheirDiscs(int seed)
    {
        // Dark discs on a bright ground: wherever scale, place and mirror bring them, a head's pixel stays the darker one.
        Crop crop = Crop.Cut(Picture(seed & 0xff), 64, NoTone with { Scales = [new(1, 0.8, 1.5)] }, new Random(seed));
        double mean = crop.Pixels.Average(p => (double)p);
        return crop.X.Zip(crop.Y).All(head =>
            crop.Pixels[3 * ((int)head.Second * 64 + (int)head.First) + 1] < mean - 20
            || head.First < 1 || head.Second < 1 || head.First > 63 || head.Second > 63);
    }

    [Theory]
    [InlineData(40, 200)]
    [InlineData(200, 40)]
    [InlineData(300, 300)]
    public void Cut_AnyPicture_StretchesNoMoreThanTheAspectRatio(int width, int height)
    {
        // Two heads that lie one pixel apart either way show by how much each side is enlarged.
        var picture = new TrainingPicture(new RgbImage(width, height), [new(20, 20), new(21, 21)]);
        for (int seed = 0; seed < 50; seed++)
        {
            Crop crop = Crop.Cut(picture, 64, new Augmentation { NearHead = 1 }, new Random(seed));
            if (crop.X.Length == 2)
            {
                double ratio = Math.Abs((crop.X[1] - crop.X[0]) / (crop.Y[1] - crop.Y[0]));
                Assert.InRange(ratio, 1 / 1.2 - 1e-3, 1.2 + 1e-3);
            }
        }
    }

    [Fact]
    public void Saturate_ByNothing_IsGrey_AndByOneAsItWas()
    {
        byte[] pixels = [200, 100, 50, 7, 7, 7], grey = [.. pixels], same = [.. pixels];
        Photometry.Saturate(grey, 0);
        Photometry.Saturate(same, 1);
        Assert.Equal([124, 124, 124, 7, 7, 7], grey);
        Assert.Equal(pixels, same);
    }

    [Fact]
    public void Jpeg_OfHighQuality_StaysNear_AndOfLowQualityDoesNot()
    {
        byte[] pixels = Discs.Render(3, 64, 5).Image.Pixels;
        double Difference(int quality) => Photometry.Jpeg(pixels, 64, quality).Zip(pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.True(Difference(98) < 10 && Difference(25) > Difference(98) + 3, $"{Difference(98)}, {Difference(25)}");
    }

    [Fact]
    public void Spacing_ThreeNeighbours_IsTheirMeanDistance()
    {
        // A row of heads 10 px apart: the second has neighbours at 10, 10 and 20 px.
        var picture = new TrainingPicture(new RgbImage(100, 10),
            Enumerable.Range(0, 5).Select(i => new HeadPoint(10 + 10 * i, 5)));
        Assert.Equal([20, 40 / 3f, 40 / 3f, 40 / 3f, 20], picture.Spacing, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void TrainingPicture_HeadsOutsideTheFrame_AreLeftOut() =>
        Assert.Equal(1, new TrainingPicture(new RgbImage(10, 10), [new(5, 5), new(10, 5), new(-.1, 5), new(5, 11)]).Count);

    private static TrainingPicture Picture(int seed)
    {
        (RgbImage image, var heads) = Discs.Render(seed, 128, 6);
        return new TrainingPicture(image, heads.Select(h => new HeadPoint(h.X, h.Y)));
    }
}
