using HeadCount.Onnx;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Export;

/// <summary>The network's layers as nodes of an ONNX graph, in 32-bit floats.</summary>
internal sealed class GraphLayers(OnnxGraph graph, HeadNetwork network) : ILayers<string>
{
    public string Conv(string name, string x, ConvShape shape)
    {
        (float[] weight, float[] bias) = Folded(network, name, shape);
        return graph.Node("Conv",
        [
            x,
            graph.Constant<float>(name + ".weight", weight, shape.Outputs, shape.Inputs, shape.Kernel, shape.Kernel),
            graph.Constant<float>(name + ".bias", bias, shape.Outputs),
        ], Attributes(shape));
    }

    public string Relu(string x) => graph.Node("Relu", [x]);

    public string MaxPool(string x) => graph.Node("MaxPool", [x],
        ("kernel_shape", new[] { 3L, 3 }), ("strides", new[] { 2L, 2 }), ("pads", new[] { 1L, 1, 1, 1 }));

    public string Add(string a, string b) => graph.Node("Add", [a, b]);

    public string Upsample(string x) => Double(graph, x);

    /// <summary>Twice the height and width, nearest neighbour.</summary>
    internal static string Double(OnnxGraph graph, string x) => graph.Node("Resize", [x, "", graph.Constant($"scales.{x}", [1f, 1, 2, 2], 4)],
        ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));

    /// <summary>Weight [out, in, k, k] and bias of a convolution, its normalisation folded in.</summary>
    internal static (float[] Weight, float[] Bias) Folded(HeadNetwork network, string name, ConvShape shape)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor weight = network.Parameters[name + ".weight"].permute(0, 3, 1, 2), bias;
        if (shape.Norm)
        {
            Tensor gain = network.Parameters[name + ".scale"] / sqrt(network.Statistics[name + ".variance"] + HeadNetwork.NormEpsilon);
            weight = weight * gain.view(-1, 1, 1, 1);
            bias = network.Parameters[name + ".shift"] - network.Statistics[name + ".mean"] * gain;
        }
        else
            bias = network.Parameters[name + ".bias"];
        return (weight.detach().contiguous().data<float>().ToArray(), bias.detach().contiguous().data<float>().ToArray());
    }

    internal static (string, OnnxAttribute)[] Attributes(ConvShape shape)
    {
        long padding = shape.Kernel / 2;
        return
        [
            ("kernel_shape", new long[] { shape.Kernel, shape.Kernel }),
            ("strides", new long[] { shape.Stride, shape.Stride }),
            ("pads", new[] { padding, padding, padding, padding }),
        ];
    }
}
