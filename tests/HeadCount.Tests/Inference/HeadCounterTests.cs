using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tiling;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class HeadCounterTests : IDisposable
{
    private const int Tile = 64, Overlap = 32;

    // One look, for dots are no heads that a glance would see.
    private static readonly CountOptions _tiled = new() { TileSize = Tile, Overlap = Overlap, Quality = CountQuality.Fast };

    private readonly TempFolder _folder = new();
    private readonly HeadModel _model;

    public HeadCounterTests()
    {
        DotModel.Save(_folder["dots.onnx"]);
        _model = HeadModel.Load(_folder["dots.onnx"], threads: 1);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private CountResult Tiled(RgbImage image, int batch = 1, bool keepDensity = false) => new HeadCounter(_model,
        _tiled with { BatchSize = batch, KeepDensity = keepDensity }).Count(image);

    private CountResult Untiled(RgbImage image) =>
        new HeadCounter(_model, _tiled with { TileSize = 4096, Overlap = 0 }).Count(image);

    [Property(MaxTest = 25)]
    public bool Dots_InAnyPicture_AreFoundTiledAndUntiled(byte w, byte h, int seed)
    {
        (int width, int height) = (w + 20, h + 20);
        List<(int X, int Y)> dots = DotModel.Scatter(width, height, 40, seed);
        RgbImage image = DotModel.Draw(width, height, dots);
        return DotModel.Match(dots, Untiled(image).Heads) && DotModel.Match(dots, Tiled(image).Heads);
    }

    [Fact]
    public void Head_OnASeamOrAFourCorner_IsCountedOnce()
    {
        var grid = new TileGrid(200, 150, Tile, Overlap);
        PixelRect core = grid[grid.Columns + 1].Core;
        foreach (int x in Enumerable.Range(core.X - 3, 7))
        {
            foreach (int y in (int[])[core.Y + core.Height / 2, .. Enumerable.Range(core.Y - 3, 7)])
            {
                IReadOnlyList<HeadPoint> heads = Tiled(DotModel.Draw(200, 150, [(x, y)])).Heads;
                Assert.True(DotModel.Match([(x, y)], heads), $"dot ({x}, {y}) gives {string.Join(", ", heads)}");
            }
        }
    }

    [Fact]
    public void PictureOfOneTile_EqualsUntiled()
    {
        RgbImage image = DotModel.Draw(Tile, Tile, DotModel.Scatter(Tile, Tile, 10, 1));
        Assert.Equal(Untiled(image).Heads, Tiled(image).Heads);
        Assert.NotEmpty(Tiled(image).Heads);
    }

    [Fact]
    public void Heads_DoNotDependOnBatchOrThreads()
    {
        RgbImage image = Noise(300, 200, 5);
        CountResult one = Tiled(image);
        Assert.NotEmpty(one.Heads);
        using HeadModel threaded = HeadModel.Load(_folder["dots.onnx"], threads: 3);
        var options = _tiled with { BatchSize = 3 };
        CountResult[] others =
            [Tiled(image, batch: 2), Tiled(image, batch: 100), new HeadCounter(threaded, options).Count(image)];
        foreach (CountResult other in others)
        {
            Assert.Equal(one.Heads, other.Heads);
            Assert.Equal(one.DensitySum, other.DensitySum);
        }
    }

    [Property(MaxTest = 10)]
    public void Density_OfAnEvenPicture_SumsToItsArea(byte w, byte h)
    {
        (int width, int height) = (w + 16, h + 16);
        var image = new RgbImage(width, height);
        Array.Fill(image.Pixels, (byte)24);
        CountResult result = Tiled(image, keepDensity: true);
        // 240 is the brightness of one dot.
        double expected = 24.0 * width * height / 240;
        Assert.Equal(expected, result.DensitySum!.Value, expected / 10_000);
        Assert.Equal(expected, result.Density!.Values.Sum(), expected / 10_000);
    }

    [Fact]
    public void Density_OfTiles_SumsToTheCount()
    {
        // Tiles and cores of these sizes begin at whole cells, so that no cell is shared.
        (int width, int height) = (200, 152);
        List<(int X, int Y)> dots = DotModel.Scatter(width, height, 30, 3);
        CountResult result = Tiled(DotModel.Draw(width, height, dots), keepDensity: true);
        Assert.Equal(dots.Count, result.DensitySum!.Value, 3);
        Assert.Equal(dots.Count, result.Density!.Values.Sum(), 3);
        Assert.Equal((width + 3) / 4, result.Density.Width);
        // The density lies where the dots are.
        foreach ((int x, int y) in dots)
        {
            double near = 0;
            for (int row = Math.Max(y / 4 - 2, 0); row <= Math.Min(y / 4 + 2, result.Density.Height - 1); row++)
            {
                int last = Math.Min(x / 4 + 2, result.Density.Width - 1);
                for (int column = Math.Max(x / 4 - 2, 0); column <= last; column++)
                    near += result.Density.Values[row * result.Density.Width + column];
            }
            Assert.InRange(near, .999, 1.9);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 5)]
    [InlineData(5, 40)]
    [InlineData(17, 16)]
    public void TinyPicture_IsCounted(int width, int height)
    {
        Assert.Empty(Tiled(new RgbImage(width, height)).Heads);
        if (Math.Min(width, height) >= 3)
            Assert.True(DotModel.Match([(width / 2, 1)], Tiled(DotModel.Draw(width, height, [(width / 2, 1)])).Heads));
    }

    [Theory]
    [InlineData(CountQuality.Fast)]
    [InlineData(CountQuality.Balanced)]
    [InlineData(CountQuality.Best)]
    public void Dots_AtEveryQuality_AreFoundOnce(CountQuality quality)
    {
        List<(int X, int Y)> dots = DotModel.Scatter(200, 150, 30, 9);
        var counter = new HeadCounter(_model, new CountOptions { TileSize = Tile, Overlap = Overlap, Quality = quality });
        IReadOnlyList<HeadPoint> heads = counter.Count(DotModel.Draw(200, 150, dots)).Heads;
        Assert.Equal(dots.Count, heads.Count);
        Assert.All(dots, dot => Assert.Single(heads, head => Math.Abs(head.X - dot.X - .5) < .5 && Math.Abs(head.Y - dot.Y - .5) < .5));
    }

    [Fact]
    public void Quality_OfAModelOfDensityAlone_IsOneLook()
    {
        DotModel.SaveDensity(_folder["density.onnx"]);
        using HeadModel model = HeadModel.Load(_folder["density.onnx"], threads: 1);
        Assert.Equal(CountQuality.Fast, new HeadCounter(model).Quality);
        Assert.Equal(CountQuality.Balanced, new HeadCounter(_model).Quality);
        Assert.Throws<ArgumentException>(() => new HeadCounter(model, new CountOptions { Quality = CountQuality.Best }));
    }

    [Fact]
    public void DensityGain_OfTheCallerOrTheModel_MultipliesTheDensity()
    {
        RgbImage image = DotModel.Draw(100, 100, [(50, 50), (20, 70)]);
        CountResult result = new HeadCounter(_model, new CountOptions { DensityGain = 1.5, KeepDensity = true }).Count(image);
        Assert.Equal(3, result.DensitySum!.Value, 3);
        Assert.Equal(3, result.Density!.Values.Sum(), 3);
        DotModel.Build().Save(_folder["gain.onnx"], (DotModel.Card with { DensityGain = 2 }).ToMetadata());
        using HeadModel model = HeadModel.Load(_folder["gain.onnx"], threads: 1);
        Assert.Equal(4, new HeadCounter(model).Count(image).DensitySum!.Value, 3);
    }

    [Fact]
    public void Threshold_OfTheCaller_GoesBeforeTheModels()
    {
        RgbImage image = DotModel.Draw(100, 100, [(50, 50)]);
        Assert.Single(Untiled(image).Heads);
        Assert.Empty(new HeadCounter(_model, new CountOptions { Threshold = 1, FollowDensity = false }).Count(image).Heads);
    }

    [Fact]
    public void FollowDensity_Off_GivesEveryHeadOfTheThreshold()
    {
        RgbImage image = Noise(230, 150, 5);
        var options = new CountOptions { Threshold = .7, FollowDensity = false };
        CountResult hard = new HeadCounter(_model, options).Count(image);
        CountResult following = new HeadCounter(_model, options with { FollowDensity = true }).Count(image);
        Assert.All(hard.Heads, head => Assert.True(head.Score >= .7));
        double low = Math.Min(hard.Count, hard.DensitySum!.Value), high = Math.Max(hard.Count, hard.DensitySum!.Value);
        Assert.NotEqual(hard.Count, following.Count);
        Assert.InRange(following.Count, low, high);
    }

    [Property(MaxTest = 20)]
    public bool Sweep_AtAnyThreshold_IsTheCountAtIt(int seed)
    {
        // Noise has peaks of all scores, at seams too.
        RgbImage image = Noise(230, 150, seed);
        var options = new CountOptions { TileSize = Tile, Overlap = Overlap, Threshold = .7 };
        ThresholdSweep sweep = new HeadCounter(_model, options with { SweepFrom = .5 }).Count(image).Sweep!;
        return new[] { .5, .65, .69, .7, .71, .75, .8, 1 }.All(threshold => sweep.At(threshold).SequenceEqual(
            new HeadCounter(_model, options with { Threshold = threshold }).Count(image).Heads));
    }

    [Fact]
    public void Sweep_LeavesTheCountAsItIs()
    {
        RgbImage image = Noise(230, 150, 3);
        var options = new CountOptions { TileSize = Tile, Overlap = Overlap, Threshold = .7, FollowDensity = false };
        CountResult swept = new HeadCounter(_model, options with { SweepFrom = 0 }).Count(image);
        Assert.Equal(new HeadCounter(_model, options).Count(image).Heads, swept.Heads);
        Assert.True(swept.Sweep!.At(0).Count > swept.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new HeadCounter(_model, options with { SweepFrom = .71 }));
    }

    [Theory]
    [InlineData(7, 2)]
    [InlineData(9, 1)]
    public void SuppressionRadius_OfTheCaller_GoesBeforeTheModels(double radius, int heads)
    {
        RgbImage image = DotModel.Draw(100, 100, [(40, 50), (48, 50)]);
        Assert.Equal(heads, new HeadCounter(_model, new() { SuppressionRadius = radius }).Count(image).Count);
    }

    [Fact]
    public void File_IsCountedAsItsPixels()
    {
        RgbImage image = Noise(150, 330, 7);
        PictureWriter.Save(image, _folder["a.png"]);
        var counter = new HeadCounter(_model, new CountOptions { TileSize = Tile, Overlap = Overlap });
        Assert.Equal(counter.Count(image).Heads, counter.Count(_folder["a.png"]).Heads);
    }

    [Fact]
    public void LargePicture_IsCountedAtHalfItsSizeToo()
    {
        List<(int X, int Y)> dots = DotModel.Scatter(800, 200, 40, 4);
        RgbImage half = DotModel.Draw(800, 200, dots), image = Twice(half);
        var counter = new HeadCounter(_model, new CountOptions { TileSize = 256, Overlap = Overlap });
        CountResult result = counter.Count(image);
        Assert.Equal((1600, 400), (result.Width, result.Height));
        Assert.True(DotModel.Match(dots, [.. result.Heads.Select(head => head with { X = head.X / 2, Y = head.Y / 2 })]));
        // Brightness, which is what this density is, grows with the area.
        Assert.Equal(4 * counter.Count(half).DensitySum!.Value, result.DensitySum!.Value, 3);

        PictureWriter.Save(image, _folder["large.png"]);
        var progress = new List<double>();
        CountResult ofFile = counter.CountMany([_folder["large.png"]], new Steps(progress)).Single().Result!;
        Assert.Equal(result.Heads, ofFile.Heads);
        Assert.Equal(result.DensitySum, ofFile.DensitySum);
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(1, progress[^1]);
        Assert.All(progress, done => Assert.InRange(done, double.Epsilon, 1));

        var keeping = new CountOptions { TileSize = 256, Overlap = Overlap, KeepDensity = true };
        CountResult kept = new HeadCounter(_model, keeping).Count(image);
        Assert.Equal(result.Heads, kept.Heads);
        Assert.Equal(result.DensitySum!.Value, kept.Density!.Values.Sum(), 2);
        Assert.Equal((400, 100), (kept.Density.Width, kept.Density.Height));
        Assert.Null(result.Density);
    }

    [Theory]
    [InlineData(CountQuality.Fast, 20)]
    [InlineData(CountQuality.Balanced, 20 + 4)]
    [InlineData(CountQuality.Best, (20 + 4) * 4)]
    public void Picture_IsCountedAtHalfItsSizeToo_ButWhereItMustBeFast(CountQuality quality, int looks)
    {
        PictureWriter.Save(Noise(192, 144, 1), _folder["a.png"]);
        var progress = new List<double>();
        var counter = new HeadCounter(_model, new CountOptions { TileSize = Tile, Overlap = Overlap, Quality = quality });
        Assert.Single(counter.CountMany([_folder["a.png"]], new Steps(progress)));
        Assert.Equal(looks + 1, progress.Count);
    }

    private static RgbImage Twice(RgbImage image)
    {
        var twice = new RgbImage(2 * image.Width, 2 * image.Height);
        for (int i = 0; i < twice.Width * twice.Height; i++)
        {
            int from = i / twice.Width / 2 * image.Width + i % twice.Width / 2;
            image.Pixels.AsSpan(3 * from, 3).CopyTo(twice.Pixels.AsSpan(3 * i, 3));
        }
        return twice;
    }

    private sealed class Steps(List<double> into) : IProgress<double>
    {
        public void Report(double value) => into.Add(value);
    }

    [Fact]
    public void CountMany_KeepsTheOrderAndGoesOnPastAFailure()
    {
        for (int i = 0; i < 8; i++)
            PictureWriter.Save(DotModel.Draw(100 + i, 200, DotModel.Scatter(100, 200, i, i)), _folder[$"{i}.png"]);
        File.WriteAllText(_folder["3.png"], "no picture");
        byte[] whole = File.ReadAllBytes(_folder["5.png"]);
        File.WriteAllBytes(_folder["5.png"], whole[..(whole.Length / 2)]);

        var counter = new HeadCounter(_model, _tiled);
        string[] paths = [.. Enumerable.Range(0, 8).Select(i => _folder[$"{i}.png"])];
        CountOutcome[] outcomes = [.. counter.CountMany(paths)];

        Assert.Equal(paths, outcomes.Select(o => o.Path));
        Assert.Equal([0, 1, 2, null, 4, null, 6, 7], outcomes.Select(o => o.Result?.Count));
        Assert.Equal([3, 5], outcomes.Index().Where(o => o.Item.Error is not null).Select(o => o.Index));
    }

    [Fact]
    public void CountMany_OfSeveralThreads_CountsAsOneDoes()
    {
        string[] paths = [.. Enumerable.Range(0, 12).Select(i => _folder[$"{i}.png"])];
        for (int i = 0; i < paths.Length; i++)
            PictureWriter.Save(Noise(40 + 17 * i, 150 - 9 * i, i), paths[i]);
        using HeadModel threaded = HeadModel.Load(_folder["dots.onnx"], threads: 6);
        var options = new CountOptions { TileSize = Tile, Overlap = Overlap, Quality = CountQuality.Best };
        var one = new HeadCounter(_model, options);
        CountOutcome[] outcomes = [.. new HeadCounter(threaded, options).CountMany(paths)];
        Assert.Equal(paths, outcomes.Select(outcome => outcome.Path));
        foreach (CountOutcome outcome in outcomes)
        {
            CountResult expected = one.Count(outcome.Path);
            Assert.NotEmpty(expected.Heads);
            Assert.Equal(expected.Heads, outcome.Result!.Heads);
            Assert.Equal(expected.DensitySum, outcome.Result.DensitySum);
        }
    }

    [Fact]
    public void CountMany_WhereTheNetworkFails_GivesWhatWentBefore()
    {
        // Maps of small tiles alone may reach so far beyond them.
        DotModel.Build().Save(_folder["wrong.onnx"], (DotModel.Card with { Stride = 4 }).ToMetadata());
        using HeadModel model = HeadModel.Load(_folder["wrong.onnx"], threads: 3);
        PictureWriter.Save(Noise(32, 32, 1), _folder["small.png"]);
        PictureWriter.Save(Noise(128, 128, 1), _folder["large.png"]);
        var given = new List<CountOutcome>();
        string[] paths = [_folder["small.png"], _folder["small.png"], _folder["large.png"], _folder["small.png"]];
        Assert.Throws<ModelException>(() =>
        {
            foreach (CountOutcome outcome in new HeadCounter(model, new() { Quality = CountQuality.Fast }).CountMany(paths))
                given.Add(outcome);
        });
        Assert.Equal(2, given.Count);
        Assert.All(given, outcome => Assert.NotNull(outcome.Result));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public void CountMany_LeftEarly_Ends(int pictures)
    {
        PictureWriter.Save(new RgbImage(64, 64), _folder["a.png"]);
        IEnumerable<string> paths = Enumerable.Repeat(_folder["a.png"], pictures);
        using HeadModel threaded = HeadModel.Load(_folder["dots.onnx"], threads: 3);
        foreach (CountOutcome outcome in new HeadCounter(threaded).CountMany(paths))
        {
            Assert.NotNull(outcome.Result);
            // Time enough for all of the others that are let in.
            Thread.Sleep(100);
            break;
        }
    }

    [Fact]
    public void CountMany_WhenCancelled_EndsAtOnce()
    {
        PictureWriter.Save(new RgbImage(64, 64), _folder["a.png"]);
        using var cancel = new CancellationTokenSource();
        int seen = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            IEnumerable<string> paths = Enumerable.Repeat(_folder["a.png"], 1000);
            foreach (CountOutcome _ in new HeadCounter(_model).CountMany(paths, null, cancel.Token))
            {
                if (++seen == 3)
                    cancel.Cancel();
            }
        });
        Assert.Equal(3, seen);
    }

    [Theory]
    [InlineData(63, 0)]
    [InlineData(64, 64)]
    [InlineData(64, -1)]
    public void SenselessTiles_AreRefused(int size, int overlap) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new HeadCounter(_model, new CountOptions { TileSize = size, Overlap = overlap }));

    // Faint noise with many peaks.
    private static RgbImage Noise(int width, int height, int seed)
    {
        var image = new RgbImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] /= 8;
        return image;
    }
}
