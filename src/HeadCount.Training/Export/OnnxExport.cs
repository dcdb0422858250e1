using HeadCount.Inference;
using HeadCount.Onnx;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Export;

/// <summary>Writes a trained network as one ONNX file that keeps HeadCount's contract.</summary>
internal static class OnnxExport
{
    /// <summary>
    /// The graph: mirror the right and lower border up to a multiple of 32, scale the pixels, run the network with
    /// its normalisations folded into the convolutions, and turn its answer into score, offset and density.
    /// </summary>
    internal static void Save(HeadNetwork network, ModelCard card, string path)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = new OnnxGraph("headcount");
        string pixels = ModelInput.Add(graph, HeadTopology.InputMultiple);
        string centred = graph.Node("Sub", [pixels, graph.Constant("mean", [HeadNetwork.ImageMean])]);
        string scaled = graph.Node("Div", [centred, graph.Constant("scale", [HeadNetwork.ImageScale])]);
        string answer = HeadTopology.Build(new GraphLayers(graph, network), scaled, network.Size);

        graph.Node("Sigmoid", [Shuffle(Channels(0, 4))], "score");
        graph.Node("Mul", [Shuffle(Channels(4, 12)), graph.Constant("cell", [(float)HeadTopology.ScoreStride])], "offset");
        graph.Node("Softplus", [Channels(12, 13)], "density");
        graph.Output("score", OnnxType.Float, "N", 1, "h", "w");
        graph.Output("offset", OnnxType.Float, "N", 2, "h", "w");
        graph.Output("density", OnnxType.Float, "N", 1, "dh", "dw");
        graph.Save(path, card.ToMetadata());

        string Channels(long from, long to) => graph.Node("Slice",
            [answer, graph.Constant($"from{from}", [from], 1), graph.Constant($"to{to}-{from}", [to], 1), graph.Constant($"axis{from}", [1L], 1)]);

        // The same order of channels as torch's pixel_shuffle.
        string Shuffle(string x) => graph.Node("DepthToSpace", [x], ("blocksize", 2), ("mode", "CRD"));
    }

    private sealed class GraphLayers(OnnxGraph graph, HeadNetwork network) : ILayers<string>
    {
        public string Conv(string name, string x, ConvShape shape)
        {
            Tensor weight = network.Parameters[name + ".weight"].permute(0, 3, 1, 2), bias;
            if (shape.Norm)
            {
                Tensor gain = network.Parameters[name + ".scale"] / sqrt(network.Statistics[name + ".variance"] + HeadNetwork.NormEpsilon);
                weight = weight * gain.view(-1, 1, 1, 1);
                bias = network.Parameters[name + ".shift"] - network.Statistics[name + ".mean"] * gain;
            }
            else
                bias = network.Parameters[name + ".bias"];
            long padding = shape.Kernel / 2;
            return graph.Node("Conv", [x, Constant(name + ".weight", weight), Constant(name + ".bias", bias)],
                ("kernel_shape", new long[] { shape.Kernel, shape.Kernel }),
                ("strides", new long[] { shape.Stride, shape.Stride }),
                ("pads", new[] { padding, padding, padding, padding }));
        }

        public string Relu(string x) => graph.Node("Relu", [x]);

        public string Add(string a, string b) => graph.Node("Add", [a, b]);

        public string Upsample(string x)
        {
            string scales = graph.Constant($"scales.{x}", [1f, 1, 2, 2], 4);
            return graph.Node("Resize", [x, "", scales],
                ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        }

        private string Constant(string name, Tensor tensor) =>
            graph.Constant<float>(name, tensor.detach().contiguous().data<float>().ToArray(), tensor.shape);
    }
}
