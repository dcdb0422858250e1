using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tests;
using HeadCount.Training.Export;
using HeadCount.Training.Networks;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace HeadCount.Training.Tests.Networks;

public class HeadNetworkTests
{
    [Fact]
    public void Forward_Batch_HasTheContractsShapes()
    {
        using var scope = NewDisposeScope();
        using var network = new HeadNetwork(NetworkSize.Small);
        HeadTensors maps = network.Forward(zeros(2, 64, 96, 3, uint8), training: false, float32);
        Assert.Equal([2, 1, 32, 48], maps.Logits.shape);
        Assert.Equal([2, 2, 32, 48], maps.Offset.shape);
        Assert.Equal([2, 1, 16, 24], maps.Density.shape);
        Assert.True(maps.Density.min().item<float>() >= 0);
    }

    [Fact]
    public void Copy_OfANetwork_SharesNoMemory()
    {
        using var scope = NewDisposeScope();
        using var network = new HeadNetwork(Discs.Tiny);
        using HeadNetwork copy = network.Copy();
        using (no_grad())
            network.Parameters["stem.weight"].add_(1);
        Assert.Equal(1, (network.Parameters["stem.weight"] - copy.Parameters["stem.weight"]).mean().item<float>(), 1e-4);
    }

    [Fact]
    public void Export_TrainedStatistics_EqualsTheNetworkOnAnySize()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        random.manual_seed(3);
        using var network = new HeadNetwork(Discs.Tiny);
        // Normalisations away from their first values, so that folding them is put to the test.
        using (no_grad())
        {
            foreach ((string name, Tensor tensor) in network.State)
            {
                if (!name.EndsWith(".weight", StringComparison.Ordinal))
                    tensor.copy_(name.EndsWith("variance", StringComparison.Ordinal) ? rand_like(tensor) + 0.5 : randn_like(tensor) * 0.3);
            }
        }
        string path = folder["model.onnx"];
        var card = new ModelCard
        {
            Name = "test", Version = "1", License = "none", Training = "none", Stride = HeadTopology.ScoreStride,
            Threshold = 0.5, SuppressionRadius = 4, Margin = 64,
        };
        OnnxExport.Save(network, card, path);
        var tiles = new[] { (64, 64), (65, 97), (40, 33), (130, 71) }.Select((size, i) =>
        {
            var tile = new RgbImage(size.Item1, size.Item2);
            new Random(i).NextBytes(tile.Pixels);
            return tile;
        });
        Assert.InRange(Exporter.LargestDifference(path, network, tiles), 0, Exporter.Tolerance);
    }
}
