using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Onnx;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class ModelAdapterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CountResult Count(ModelAdapter adapter, RgbImage image, CountOptions? options = null)
    {
        ForeignModel.Save(_folder["net.onnx"], adapter);
        using HeadModel model = HeadModel.Load(_folder["net.onnx"], 1, adapter);
        return new HeadCounter(model, options).Count(image);
    }

    private string LoadError(ModelAdapter? adapter) =>
        Assert.Throws<ModelException>(() => HeadModel.Load(_folder["net.onnx"], 1, adapter).Dispose()).Message;

    [Theory]
    [InlineData(ModelAdapter.Density, 4096, 0, 4.5)]
    [InlineData(ModelAdapter.Density, 64, 20, 4.5)]
    [InlineData(ModelAdapter.HeatMap, 4096, 0, .001)]
    [InlineData(ModelAdapter.HeatMap, 64, 20, .001)]
    [InlineData(ModelAdapter.Points, 4096, 32, .01)]
    public void Dots_AreFound(ModelAdapter adapter, int tile, int overlap, double within)
    {
        // Each in the inside of a window of 8×8 pixels of the network that gives points.
        List<(int X, int Y)> dots = [(11, 12), (36, 21), (60, 36), (67, 68), (99, 28), (149, 84), (156, 12)];
        CountResult result = Count(adapter, DotModel.Draw(160, 96, dots), new CountOptions { TileSize = tile, Overlap = overlap });
        Assert.Equal(dots.Count, result.Count);
        Assert.All(dots, dot => Assert.Contains(result.Heads, head =>
            Math.Abs(head.X - dot.X - .5) < within && Math.Abs(head.Y - dot.Y - .5) < within));
    }

    [Fact]
    public void Picture_OfASizeThatNothingDivides_IsMirroredAtItsBorders()
    {
        List<(int X, int Y)> dots = [(4, 4), (29, 24)];
        Assert.Equal(2, Count(ModelAdapter.HeatMap, DotModel.Draw(41, 35, dots)).Count);
        Assert.Equal(2, Count(ModelAdapter.Density, DotModel.Draw(41, 35, dots)).DensitySum!.Value, 3);
    }

    [Fact]
    public void HeatMap_TakesAShareOfTheHighestPeakOfThePicture()
    {
        // The dots' middles are 60, 30 and 20 of 255: 1, 1/2 and 1/3 of the highest, in tiles of their own.
        var image = new RgbImage(200, 40);
        foreach ((int x, byte value) in ((int, byte)[])[(20, 60), (100, 30), (180, 20)])
            image.Pixels.AsSpan(3 * (20 * 200 + x), 3).Fill(value);
        var options = new CountOptions { TileSize = 64, Overlap = 8, SweepFrom = .2 };
        CountResult result = Count(ModelAdapter.HeatMap, image, options);
        Assert.Equal([1, .5], result.Heads.Select(head => Math.Round(head.Score, 3)));
        Assert.Equal(3, result.Sweep!.At(.3).Count);
    }

    [Fact]
    public void HeatMap_WithoutAPeakOfATenth_ShowsNobody()
    {
        var image = new RgbImage(64, 64);
        image.Pixels.AsSpan(3 * (20 * 64 + 20), 3).Fill(5);
        Assert.Equal(0, Count(ModelAdapter.HeatMap, image).Count);
        image.Pixels.AsSpan(3 * (20 * 64 + 20), 3).Fill(7);
        Assert.Equal(1, Count(ModelAdapter.HeatMap, image).Count);
    }

    [Fact]
    public void ForeignModel_WithoutAdapter_IsAnsweredWithTheOption()
    {
        ForeignModel.SaveHeatMap(_folder["net.onnx"]);
        string error = LoadError(null);
        Assert.Contains("--adapter density, heatmap or points", error);
        Assert.DoesNotContain("\n", error);
    }

    [Fact]
    public void Model_ThatTheAdapterDoesNotFit_IsNamedWithWhatItHas()
    {
        ForeignModel.SavePoints(_folder["net.onnx"]);
        Assert.Contains("'pred_logits' of type Float [1, 64, 2]", LoadError(ModelAdapter.HeatMap));
        ForeignModel.SaveHeatMap(_folder["net.onnx"]);
        Assert.Contains("needs two outputs", LoadError(ModelAdapter.Points));
        DotModel.Save(_folder["net.onnx"]);
        Assert.Contains("leave --adapter out", LoadError(ModelAdapter.Density));
    }

    [Fact]
    public void Map_WithoutAWholeStride_IsNamed()
    {
        var graph = new OnnxGraph("odd");
        string image = graph.Input("input", OnnxType.Float, "N", 3, "H", "W");
        graph.Node("Conv", [image, graph.Constant("w", new float[27], 1, 3, 3, 3)], "out");
        graph.Output("out", OnnxType.Float, "N", 1, "h", "w");
        graph.Save(_folder["net.onnx"]);
        using HeadModel model = HeadModel.Load(_folder["net.onnx"], 1, ModelAdapter.Density);
        Assert.Contains("no whole stride",
            Assert.Throws<ModelException>(() => new HeadCounter(model).Count(new RgbImage(64, 64))).Message);
    }
}
