using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Inference;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class DensityModelTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HeadModel _model;

    public DensityModelTests()
    {
        DotModel.SaveDensity(_folder["density.onnx"]);
        _model = HeadModel.Load(_folder["density.onnx"], threads: 1);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Property(MaxTest = 20)]
    public bool Dots_OfAnyPicture_AreCountedTiledAndUntiled(byte w, byte h, int seed)
    {
        // Whole cells: what a border cuts through, the network sees mirrored.
        (int width, int height) = (w / 4 * 4 + 20, h / 4 * 4 + 20);
        List<(int X, int Y)> dots = DotModel.Scatter(width, height, 30, seed);
        RgbImage image = DotModel.Draw(width, height, dots);
        return new[] { (64, 32), (96, 32), (4096, 0) }.All(tiles =>
        {
            CountResult result = new HeadCounter(_model, new CountOptions { TileSize = tiles.Item1, Overlap = tiles.Item2 })
                .Count(image);
            return result.Count == dots.Count && Math.Abs(result.DensitySum!.Value - dots.Count) < .01
                && dots.TrueForAll(dot => result.Heads.Any(head =>
                    Math.Abs(head.X - dot.X - .5) < 4.5 && Math.Abs(head.Y - dot.Y - .5) < 4.5));
        });
    }

    [Fact]
    public void Heads_AreTheSameAtEveryThreshold()
    {
        Assert.True(_model.CountsByDensity);
        RgbImage image = DotModel.Draw(100, 80, [(20, 20), (60, 50)]);
        CountResult result = new HeadCounter(_model, new CountOptions { SweepFrom = .1 }).Count(image);
        Assert.Equal(2, result.Count);
        Assert.Equal(result.Heads, result.Sweep!.At(.9));
        Assert.Null(result.Density);
    }

    [Fact]
    public void DensityThatCannotBe_IsNamed()
    {
        var white = new RgbImage(64, 64);
        Array.Fill(white.Pixels, (byte)255);
        var error = Assert.Throws<ModelException>(() => new HeadCounter(_model).Count(white));
        Assert.Contains("another adapter", error.Message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void StrideThatTheMapDoesNotHave_IsNoticed(int stride)
    {
        (ModelCard.Read(_folder["density.onnx"]) with { Stride = stride }).Write(_folder["density.onnx"]);
        using HeadModel model = HeadModel.Load(_folder["density.onnx"], 1);
        Assert.Contains($"stride of {stride}",
            Assert.Throws<ModelException>(() => new HeadCounter(model).Count(new RgbImage(128, 128))).Message);
    }

    [Fact]
    public void SumWithout_LeavesOutTheRegionsOnce()
    {
        var map = new DensityMap(10, 10, 4);
        Array.Fill(map.Values, 1);
        // Columns 0..5 are gone: the first cells whole, the second by half; of the last, 2 pixels wide, nothing.
        IgnoredRegion[] regions = [new(0, 0, 6, 10), new(0, 0, 3, 10)];
        Assert.Equal(3 * (.5 + 1), map.SumWithout(regions), 6);
        Assert.Equal(9, map.SumWithout([]), 6);
    }
}
