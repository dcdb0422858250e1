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

public class HeadNetworkTests
{
    /// <summary>A plain and a ResNet-like backbone.</summary>
    public static TheoryData<bool> Backbones => [false, true];

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Forward_Batch_HasTheContractsShapes(string size)
    {
        using var scope = NewDisposeScope();
        using var network = new HeadNetwork(NetworkSize.Named(size));
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
    public void GrowFrom_NarrowerAndShallowerNetwork_AnswersAsItDoes()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        using var small = new HeadNetwork(Discs.Tiny);
        using var grown = new HeadNetwork(new NetworkSize("grown", 12, [10, 16, 8, 24], [1, 2, 3, 1], 20));
        using (no_grad())
        {
            foreach ((string name, Tensor tensor) in small.State)
                tensor.copy_(name.EndsWith("variance", StringComparison.Ordinal) ? rand_like(tensor) + 0.5 : randn_like(tensor) * 0.3);
        }
        grown.GrowFrom(small.State.ToDictionary());
        Tensor image = randint(0, 256, [1, 64, 96, 3], uint8);
        HeadTensors before = small.Forward(image, training: false, float32), after = grown.Forward(image, training: false, float32);
        Assert.True(after.Logits.allclose(before.Logits, 1e-4, 1e-4));
        Assert.True(after.Offset.allclose(before.Offset, 1e-4, 1e-4));
        Assert.True(after.Density.allclose(before.Density, 1e-4, 1e-4));
    }

    [Fact]
    public void GrowFrom_WiderNetwork_NamesTheTensorAndBothShapes()
    {
        using var wide = new HeadNetwork(new NetworkSize("wide", 16, [8, 8, 8, 8], [1, 1, 1, 1], 8));
        using var narrow = new HeadNetwork(Discs.Tiny);
        var error = Assert.Throws<InvalidDataException>(() => narrow.GrowFrom(wide.State.ToDictionary()));
        Assert.Contains("'stem.weight' is [16, 3, 3, 3], too large for the [8, 3, 3, 3]", error.Message);
    }

    [Fact]
    public void GrowFrom_DeeperNetwork_NamesTheBlock()
    {
        using var deep = new HeadNetwork(new NetworkSize("deep", 8, [8, 8, 8, 8], [2, 1, 1, 1], 8));
        using var shallow = new HeadNetwork(Discs.Tiny);
        var error = Assert.Throws<InvalidDataException>(() => shallow.GrowFrom(deep.State.ToDictionary()));
        Assert.Contains("stage0.1.", error.Message);
    }

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Export_TrainedStatistics_EqualsTheNetworkOnAnySize(bool resNet)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using HeadNetwork network = Trained(3, resNet);
        string path = folder["model.onnx"];
        OnnxExport.Save(network, _card, path);
        Assert.InRange(OnnxExport.LargestDifference(path, network, Tiles()), 0, Exporter.Tolerance);
    }

    [Theory]
    [MemberData(nameof(Backbones))]
    public void LoadFolded_OfAnExportedFile_ComputesTheSame_AndWithImagesHasTheirStatistics(bool resNet)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using HeadNetwork network = Trained(3, resNet);
        string path = folder["model.onnx"];
        OnnxExport.Save(network, _card, path);
        Dictionary<string, Tensor> folded = FoldedWeights.Load(path);
        Assert.True(HeadNetwork.IsFolded(folded));
        Tensor images = randint(0, 256, [3, 64, 64, 3], uint8);
        HeadTensors expected = network.Forward(images, training: false, float32);
        foreach (Tensor? calibration in (Tensor?[])[null, images])
        {
            using var again = new HeadNetwork(network.Size);
            again.LoadFolded(folded, calibration);
            HeadTensors actual = again.Forward(images, training: false, float32);
            Assert.True(actual.Logits.allclose(expected.Logits, 1e-3, 1e-3));
            Assert.True(actual.Density.allclose(expected.Density, 1e-3, 1e-3));
            if (calibration is not null)
            {
                // The batch has the statistics that the network was given: normalising by it changes nothing.
                HeadTensors trained = again.Forward(images, training: true, float32);
                Assert.True(trained.Logits.allclose(expected.Logits, 1e-2, 1e-2));
            }
        }
    }

    [Fact]
    public void LoadFolded_OfIntegers_SaysWhichModelToTake()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using HeadNetwork network = Trained(3);
        string path = folder["model-int8.onnx"];
        OnnxExport.Save(network, _card, path, ActivationRanges.Of(network, Tiles()));
        Assert.Contains("without -int8", Assert.Throws<InvalidDataException>(() => FoldedWeights.Load(path)).Message);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(8, true)]
    // A silent layer: only the bias answers.
    [InlineData(5, false)]
    public void Export_Integers_AnswersAsTheNetworkDoes(int seed, bool resNet)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        using HeadNetwork network = Trained(seed, resNet);
        string path = folder["model.onnx"];
        OnnxExport.Save(network, _card, path, ActivationRanges.Of(network, Tiles()));
        using var model = HeadModel.Load(path, 1);
        foreach (RgbImage tile in Tiles())
        {
            using HeadMaps maps = model.Run(tile.Pixels, 1, tile.Width, tile.Height);
            HeadTensors trained = network.Forward(ValidationPictures.Padded(tile, HeadTopology.InputMultiple), training: false, float32);
            Tensor expected = trained.Offset[0, 0], actual = tensor(maps.Score(0).OffsetX.ToArray(), expected.shape) / HeadTopology.ScoreStride;
            // Rounding to 256 steps in every layer is noise; a cell or a column in the wrong place would be all of it.
            double noise = ((actual - expected).square().mean() / expected.var()).item<float>();
            Assert.True(noise < 0.0005, $"{tile.Width}×{tile.Height}: {noise:p3} of the variance differs");
        }
    }

    private static readonly ModelCard _card = new()
    {
        Name = "test", Version = "1", License = "none", Training = "none", Stride = HeadTopology.ScoreStride,
        Threshold = 0.5, SuppressionRadius = 4, Margin = 64,
    };

    /// <summary>A network with normalisations away from their first values, so that folding them is put to the test.</summary>
    private static HeadNetwork Trained(int seed, bool resNet = false)
    {
        random.manual_seed(seed);
        var network = new HeadNetwork(resNet ? Discs.TinyResNet : Discs.Tiny);
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in network.State)
        {
            if (!name.EndsWith(".weight", StringComparison.Ordinal))
                tensor.copy_(name.EndsWith("variance", StringComparison.Ordinal) ? rand_like(tensor) + 0.5 : randn_like(tensor) * 0.3);
        }
        // Else the answer is its bias alone.
        network.Parameters["answer.weight"].mul_(100);
        return network;
    }

    private static IEnumerable<RgbImage> Tiles() => new[] { (64, 64), (65, 97), (40, 33), (130, 71) }.Select((size, i) =>
    {
        var tile = new RgbImage(size.Item1, size.Item2);
        new Random(i).NextBytes(tile.Pixels);
        return tile;
    });
}
