using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Onnx;
using HeadCount.Training.Networks;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Export;

/// <summary>Writes <see cref="CsrNet"/> as an ONNX file with the one output <c>density</c>.</summary>
internal static class CsrNetExport
{
    /// <summary>
    /// The graph: mirror the right and lower border up to a multiple of 8, normalise as for ImageNet, run the network,
    /// and leave out what is below 0.
    /// </summary>
    internal static void Save(CsrNet network, ModelCard card, string path)
    {
        var graph = new OnnxGraph("headcount");
        var weights = network.State.ToDictionary();
        string pixels = ModelInput.Add(graph, CsrNet.Stride);
        string centred = graph.Node("Sub", [pixels, graph.Constant<float>("mean", CsrNet.ImageMean, 1, 3, 1, 1)]);
        string x = graph.Node("Div", [centred, graph.Constant<float>("scale", CsrNet.ImageScale, 1, 3, 1, 1)]);
        foreach (CsrNetLayer layer in network.Layers)
        {
            if (layer.PoolFirst)
                x = graph.Node("MaxPool", [x], ("kernel_shape", new[] { 2L, 2 }), ("strides", new[] { 2L, 2 }));
            long padding = layer.Padding;
            string answer = graph.Node("Conv", [x, Weights(layer.Name + ".weight"), Weights(layer.Name + ".bias")],
                ("kernel_shape", new long[] { layer.Kernel, layer.Kernel }), ("dilations", new long[] { layer.Dilation, layer.Dilation }),
                ("pads", new[] { padding, padding, padding, padding }));
            // The last one cuts negative density off.
            x = layer == network.Layers[^1] ? graph.Node("Relu", [answer], "density") : graph.Node("Relu", [answer]);
        }
        graph.Output("density", OnnxType.Float, "N", 1, "h", "w");
        graph.Save(path, card.ToMetadata());

        string Weights(string name)
        {
            using Tensor tensor = weights[name].detach();
            return graph.Constant<float>(name, tensor.data<float>().ToArray(), tensor.shape);
        }
    }

    /// <summary>Largest absolute difference of a cell between file and network over the tiles.</summary>
    internal static double LargestDifference(string path, CsrNet network, IEnumerable<RgbImage> tiles)
    {
        using var model = HeadModel.Load(path, 1);
        using var noGradient = no_grad();
        double largest = 0;
        foreach (RgbImage tile in tiles)
        {
            using var scope = NewDisposeScope();
            using HeadMaps maps = model.Run(tile.Pixels, 1, tile.Width, tile.Height);
            ReadOnlySpan<float> file = maps.Density(0);
            Tensor trained = network.Forward(ValidationPictures.Padded(tile, CsrNet.Stride), ScalarType.Float32).clamp_min(0);
            if (file.Length != trained.numel())
                throw new InvalidDataException($"{path}: the density has {file.Length} cells, the network's {trained.numel()}");
            largest = Math.Max(largest, (tensor(file.ToArray(), trained.shape) - trained).abs().max().item<float>());
        }
        return largest;
    }
}
