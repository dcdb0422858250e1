using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Training.Data;
using Xunit;

namespace HeadCount.Training.Tests.Data;

public class DensityTargetTests
{
    private static readonly DensityKernel[] Kernels =
        [new(), new() { Sigma = 4 }, new() { Sigma = 0.05 }, new() { Sigma = 60 }, new() { Beta = 1, Largest = 100 }];

    [Property(MaxTest = 60)]
    public bool Of_AnyPicture_SumsToTheHeads(int seed)
    {
        var random = new Random(seed);
        int width = random.Next(1, 200), height = random.Next(1, 200), count = random.Next(300), stride = 1 << random.Next(5);
        // Some at the very border, some in one place.
        float[] Places(int extent) => [.. Enumerable.Range(0, count)
            .Select(_ => random.Next(4) == 0 ? (random.Next(2) == 0 ? 0 : MathF.BitDecrement(extent)) : random.NextSingle() * (extent - 0.01f))];
        float[] x = Places(width), y = Places(height), spacing = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 90)];
        return Kernels.All(kernel =>
        {
            float[] map = DensityTarget.Of(x, y, spacing, width, height, stride, kernel);
            return map.Length == (width + stride - 1) / stride * ((height + stride - 1) / stride)
                && Math.Abs(map.Sum(mass => (double)mass) - count) < 1e-4 && map.All(mass => mass >= 0);
        });
    }

    [Property(MaxTest = 60)]
    public bool Of_ScaledAndMirroredCrops_SumsToTheirHeads(int seed)
    {
        (RgbImage image, var heads) = Discs.Render(seed & 0xff, 128, 40);
        var picture = new TrainingPicture(image, heads.Select(h => new HeadPoint(h.X, h.Y)));
        Crop crop = Crop.Cut(picture, 64, new Augmentation { Scales = [new(1, 0.4, 3.5)] }, new Random(seed));
        return Kernels.All(kernel =>
            Math.Abs(DensityTarget.Of(crop.X, crop.Y, crop.Spacing, 64, 64, 8, kernel).Sum(mass => (double)mass) - crop.X.Length) < 1e-4);
    }

    [Property(MaxTest = 40)]
    public bool Of_MirroredHeads_IsTheMirroredMap(int seed)
    {
        var random = new Random(seed);
        float[] x = [.. Enumerable.Range(0, 5).Select(_ => random.NextSingle() * 63.9f)], y = [.. x.Reverse()], spacing = [1, 20, 30, 40, 90];
        float[] map = DensityTarget.Of(x, y, spacing, 64, 64, 8, new()), mirrored = DensityTarget.Of([.. x.Select(v => 64 - v)], y, spacing, 64, 64, 8, new());
        return Enumerable.Range(0, 64).All(i => Math.Abs(map[i] - mirrored[i / 8 * 8 + 7 - i % 8]) < 1e-5);
    }

    [Fact]
    public void Of_OneHead_IsTheGaussiansIntegral()
    {
        // Standard deviation 8, at a corner of four cells: a cell holds Φ(1) − Φ(0) or Φ(2) − Φ(1) each way.
        float[] map = DensityTarget.Of([64], [64], [0], 128, 128, 8, new() { Sigma = 8 });
        Assert.Equal(0.34134 * 0.34134, map[8 * 16 + 8], 1e-4);
        Assert.Equal(0.34134 * 0.13591, map[7 * 16 + 9], 1e-4);
    }

    [Theory]
    [InlineData(20, 6)]
    [InlineData(0, 1)]
    [InlineData(500, 15)]
    public void SigmaOf_Spacing_IsItsShareWithinLimits(double spacing, double sigma) => Assert.Equal(sigma, new DensityKernel().SigmaOf(spacing), 1e-9);

    [Fact]
    public void SigmaOf_Fixed_IgnoresTheSpacing() => Assert.Equal(40, new DensityKernel { Sigma = 40 }.SigmaOf(3));
}
