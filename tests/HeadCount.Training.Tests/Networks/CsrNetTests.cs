using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tests;
using HeadCount.Training.Export;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace HeadCount.Training.Tests.Networks;

public class CsrNetTests
{
    // VGG16's convolutions up to conv4_3 as torchvision names and shapes them.
    private static readonly (int Index, int Inputs, int Outputs)[] Vgg16 =
    [
        (0, 3, 64), (2, 64, 64), (5, 64, 128), (7, 128, 128), (10, 128, 256), (12, 256, 256), (14, 256, 256),
        (17, 256, 512), (19, 512, 512), (21, 512, 512),
    ];

    [Fact]
    public void LoadFront_Vgg16OfItsTrueShapes_TakesEveryTensor()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        var vgg16 = new Dictionary<string, Tensor> { ["classifier.0.bias"] = zeros(8) };
        foreach ((int index, int inputs, int outputs) in Vgg16)
        {
            vgg16[$"features.{index}.weight"] = full(outputs, inputs, 3, 3, 0.01f * index + 0.5f);
            vgg16[$"features.{index}.bias"] = full(outputs, -0.01f * index - 0.5f);
        }
        Safetensors.Save(folder["vgg16.safetensors"], vgg16);
        using var network = new CsrNet(frozen: true);
        WeightsFile.Load(folder["vgg16.safetensors"], network.LoadFront, network.IsFront);
        var front = network.State.Where(t => network.IsFront(t.Key)).ToDictionary();
        Assert.Equal(vgg16.Keys.Order().Skip(1), front.Keys.Order());
        Assert.All(front, t => Assert.True(t.Value.equal(vgg16[t.Key]).all().item<bool>()));
        Assert.DoesNotContain(network.Parameters.Keys, network.IsFront);
    }

    [Theory]
    [InlineData("features.21.bias", "lack 'features.21.bias'")]
    [InlineData("features.0.weight", "'features.0.weight' is [1]")]
    public void LoadFront_OtherNamesOrShapes_SaysWhichAndChangesNothing(string tensor, string message)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using CsrNet network = new(frozen: false, width: 4), source = new(frozen: false, width: 4);
        var weights = source.State.ToDictionary();
        if (tensor == "features.21.bias")
            weights.Remove(tensor);
        else
            weights[tensor] = zeros(1);
        Safetensors.Save(folder["other.safetensors"], weights);
        byte[] before = network.State.First().Value.bytes.ToArray();
        var error = Assert.Throws<InvalidDataException>(() => WeightsFile.Load(folder["other.safetensors"], network.LoadFront, network.IsFront));
        Assert.Contains("other.safetensors", error.Message);
        Assert.Contains(message, error.Message);
        Assert.Equal(before, network.State.First().Value.bytes.ToArray());
    }

    [Fact]
    public void Forward_Batch_HasOneDensityAtStride8()
    {
        using var scope = NewDisposeScope();
        using var network = new CsrNet(frozen: false, width: 4);
        Assert.Equal([2, 1, 8, 12], network.Forward(zeros(2, 64, 96, 3, uint8), float32).shape);
    }

    [Fact]
    public void Export_AnySize_EqualsTheNetworkAndCarriesTheCard()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        random.manual_seed(3);
        using var network = new CsrNet(frozen: false, width: 4);
        // Answers of both signs, of the size that trained ones have.
        using (no_grad())
        {
            foreach ((string name, Tensor tensor) in network.State.Where(t => t.Key.EndsWith(".bias", StringComparison.Ordinal)))
                tensor.copy_(randn_like(tensor) * 0.1);
        }
        string path = folder["model.onnx"];
        var card = new ModelCard
        {
            Name = "test", Version = "1", License = "none", Training = "none", Stride = CsrNet.Stride,
            Threshold = 0.5, SuppressionRadius = 8, Margin = 144,
        };
        CsrNetExport.Save(network, card, path);
        var tiles = new[] { (64, 64), (65, 97), (40, 33), (130, 71) }.Select((size, i) =>
        {
            var tile = new RgbImage(size.Item1, size.Item2);
            new Random(i).NextBytes(tile.Pixels);
            return tile;
        });
        Assert.InRange(CsrNetExport.LargestDifference(path, network, tiles), 0, Exporter.Tolerance);
        Assert.Equal(card, ModelCard.Read(path));
    }
}
