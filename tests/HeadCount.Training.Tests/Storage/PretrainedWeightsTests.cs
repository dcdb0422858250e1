using HeadCount.Onnx;
using HeadCount.Tests;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace HeadCount.Training.Tests.Storage;

public class PretrainedWeightsTests
{
    [Fact]
    public void Translate_PyTorchsNames_FillEveryTensorOfTheNetwork()
    {
        using var scope = NewDisposeScope();
        using var network = new HeadNetwork(Discs.TinyResNet);
        var theirs = new Dictionary<string, Tensor>();
        foreach ((string name, Tensor tensor) in network.State)
        {
            int dot = name.LastIndexOf('.');
            string layer = name[..dot];
            bool norm = network.State.Any(t => t.Key == layer + ".scale");
            layer = layer switch
            {
                "head" => "head.0",
                "head1" => "head.1",
                _ when layer.StartsWith("stage", StringComparison.Ordinal) => "stages." + layer["stage".Length..],
                _ when layer.StartsWith("lateral", StringComparison.Ordinal) => "lateral." + layer["lateral".Length..],
                _ when layer.StartsWith("merge", StringComparison.Ordinal) => "merge." + layer["merge".Length..],
                _ => layer,
            };
            string part = name[(dot + 1)..] switch
            {
                "weight" => norm ? "conv.weight" : "weight",
                "scale" => "bn.weight",
                "shift" => "bn.bias",
                "mean" => "bn.running_mean",
                "variance" => "bn.running_var",
                var other => other,
            };
            theirs[$"{layer}.{part}"] = tensor.dim() == 4 ? randn(tensor.shape).permute(0, 3, 1, 2).contiguous() : randn(tensor.shape);
        }
        Assert.True(PyTorchNames.Recognises(theirs.Keys));
        using var translated = new HeadNetwork(Discs.TinyResNet);
        translated.Load(PyTorchNames.Translate(theirs));
        Assert.True(translated.Parameters["stage2.0.down.weight"].permute(0, 3, 1, 2).allclose(theirs["stages.2.0.down.conv.weight"]));
        Assert.True(translated.Statistics["head1.variance"].allclose(theirs["head.1.bn.running_var"]));
    }

    [Fact]
    public void ResNet_OfThePackagesLayout_SeesPixelsAsItDid()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        random.manual_seed(2);
        string path = folder["ResNet18.onnx"];
        (Tensor stem, Tensor mean) = Write(path);
        Dictionary<string, Tensor> own = ResNetWeights.Load(path);
        Assert.DoesNotContain(own.Keys, name => name.StartsWith("stage3.2.", StringComparison.Ordinal));
        Assert.Contains("stage1.0.down.variance", own.Keys);
        using var network = new HeadNetwork(Discs.TinyResNet with { Blocks = [2, 2, 2, 2] });
        network.LoadBackbone(own);

        // Blue, green, red, less the mean image; the normalisation takes its mean away.
        Tensor rgb = rand(1, 3, 16, 16) * 255, theirs = rgb.flip(1) - tensor([103.06f, 115.90f, 123.15f], [1, 3, 1, 1]);
        Tensor before = functional.conv2d(theirs, stem) - mean.view(1, -1, 1, 1);
        Tensor after = functional.conv2d((rgb - HeadNetwork.ImageMean) / HeadNetwork.ImageScale, network.Parameters["stem.weight"].permute(0, 3, 1, 2))
            - network.Statistics["stem.mean"].view(1, -1, 1, 1);
        Assert.True(after.allclose(before, 1e-3, 1e-2));
    }

    [Fact]
    public void ResNet_OfAnotherGraph_NamesThePackage()
    {
        using var folder = new TempFolder();
        var graph = new OnnxGraph("other");
        graph.Output(graph.Node("Relu", [graph.Input("x", OnnxType.Float, 1)], "y"), OnnxType.Float, 1);
        graph.Save(folder["other.onnx"], new Dictionary<string, string>());
        Assert.Contains("DnnImageFeaturizer.ResNet18", Assert.Throws<InvalidDataException>(() => ResNetWeights.Load(folder["other.onnx"])).Message);
    }

    // The graph of the package's file, with few channels.
    private static (Tensor Stem, Tensor Mean) Write(string path)
    {
        var graph = new OnnxGraph("resnet");
        Tensor? stem = null, stemMean = null;
        string x = graph.Input("data", OnnxType.Float, 1, 3, 64, 64);
        int number = 0;
        Convolution(3, 8, 7);
        int channels = 8, stage = 0;
        foreach ((int blocks, int width) in ((int, int)[])[(2, 8), (2, 8), (2, 16), (3, 8)])
        {
            for (int block = 0; block < blocks; block++)
            {
                if (stage > 0 && block == 0)
                    Convolution(channels, width, 1);
                Convolution(channels, width, 3);
                Convolution(width, width, 3);
                channels = width;
            }
            stage++;
        }
        graph.Output(x, OnnxType.Float, 1);
        graph.Save(path, new Dictionary<string, string>());
        return (stem!, stemMean!);

        void Convolution(int inputs, int outputs, int kernel)
        {
            Tensor weight = randn(outputs, inputs, kernel, kernel);
            string y = graph.Node("Conv", [x, graph.Constant<float>($"w{number}", weight.data<float>().ToArray(), weight.shape)]);
            Tensor[] norm = [ones(outputs), zeros(outputs), randn(outputs), ones(outputs)];
            x = graph.Node("BatchNormalization",
                [y, .. norm.Select((values, i) => graph.Constant<float>($"n{number}.{i}", values.data<float>().ToArray(), outputs))]);
            number++;
            stem ??= weight;
            stemMean ??= norm[2];
        }
    }
}
