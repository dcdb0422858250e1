using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Localization;
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
    /// <param name="network">The weights.</param>
    /// <param name="card">What the model says of itself.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="ranges">Ranges of the activations for a network of 8-bit integers, or null for 32-bit floats.</param>
    internal static void Save(HeadNetwork network, ModelCard card, string path, ActivationRanges? ranges = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = new OnnxGraph("headcount");
        string answer = ranges is null
            ? HeadTopology.Build(new GraphLayers(graph, network), Scaled(graph), network.Size)
            : Quantized(graph, network, ranges);

        // Softplus as -ln sigmoid(-x): ONNX Runtime has fast kernels of these alone.
        string empty = graph.Node("Sigmoid", [graph.Node("Neg", [Channels(answer, 12, 13)])]);
        string density = graph.Node("Neg", [graph.Node("Log", [empty])], "density");
        string fine = Shuffle(graph, Channels(answer, 0, 12));
        graph.Node("Sigmoid", [graph.Node("Add", [Channels(fine, 0, 1), Support(graph, density)])], "score");
        graph.Node("Mul", [Channels(fine, 1, 3), graph.Constant("cell", [(float)HeadTopology.ScoreStride])], "offset");
        graph.Output("score", OnnxType.Float, "N", 1, "h", "w");
        graph.Output("offset", OnnxType.Float, "N", 2, "h", "w");
        graph.Output("density", OnnxType.Float, "N", 1, "dh", "dw");
        graph.Save(path, card.ToMetadata());

        // As HeadTensors.Score, the window's mean taken along rows and columns in turn.
        static string Support(OnnxGraph graph, string density)
        {
            const long Window = HeadTopology.SupportWindow, Reach = Window / 2;
            string rows = graph.Node("AveragePool", [density],
                ("kernel_shape", new[] { Window, 1 }), ("pads", new[] { Reach, 0, Reach, 0 }));
            string mean = graph.Node("AveragePool", [rows],
                ("kernel_shape", new[] { 1, Window }), ("pads", new[] { 0, Reach, 0, Reach }));
            string heads = graph.Node("Mul", [mean, graph.Constant("window", [(float)(Window * Window)])]);
            string seen = graph.Node("Log", [graph.Node("Max", [heads, graph.Constant("least", [HeadTopology.LeastSupport])])]);
            string gained = graph.Node("Mul", [seen, graph.Constant("gain", [HeadTopology.SupportGain])]);
            return GraphLayers.Double(graph, gained);
        }

        static string Scaled(OnnxGraph graph)
        {
            string pixels = ModelInput.Add(graph, HeadTopology.InputMultiple);
            string centred = graph.Node("Sub", [pixels, graph.Constant("mean", [HeadNetwork.ImageMean])]);
            return graph.Node("Div", [centred, graph.Constant("scale", [HeadNetwork.ImageScale])]);
        }

        static string Quantized(OnnxGraph graph, HeadNetwork network, ActivationRanges ranges)
        {
            var layers = new QuantizedLayers(graph, network, ranges);
            return HeadTopology.Build(layers, layers.Image(), network.Size);
        }

        string Channels(string x, long from, long to) => graph.Node("Slice",
        [
            x, graph.Constant($"{x}.from{from}", [from], 1), graph.Constant($"{x}.to{to}", [to], 1), graph.Constant($"{x}.axis{from}", [1L], 1),
        ]);

        // As torch's pixel_shuffle: [N, 12, H, W] into [N, 3, 2 H, 2 W]. Two moves of one axis each, columns then rows, take a
        // third of DepthToSpace's time.
        static string Shuffle(OnnxGraph graph, string x)
        {
            string size = graph.Node("Shape", [x], ("start", 2), ("end", 4));
            string columns = Moved(graph, graph.Node("Reshape", [x, graph.Constant("columns", [0L, 6, 2, -1], 4)]), 0, 1, 3, 2);
            string rows = Moved(graph, Reshaped(columns, "rows", [0, 3, 2], [1, 2]), 0, 1, 3, 2, 4);
            return Reshaped(rows, "cells", [0, 3], [2, 2]);

            string Reshaped(string from, string name, long[] first, long[] times) => graph.Node("Reshape",
            [
                from,
                graph.Node("Concat",
                [
                    graph.Constant<long>($"{name}.first", first, first.Length),
                    graph.Node("Mul", [size, graph.Constant<long>($"{name}.times", times, 2)]),
                ], ("axis", 0)),
            ]);
        }

        static string Moved(OnnxGraph graph, string x, params long[] order) => graph.Node("Transpose", [x], ("perm", order));
    }

    /// <summary>Largest absolute difference of score, offset (cells) and density between file and network over the tiles.</summary>
    internal static double LargestDifference(string path, HeadNetwork network, IEnumerable<RgbImage> tiles)
    {
        using var model = HeadModel.Load(path, 1);
        using var noGradient = no_grad();
        double largest = 0;
        foreach (RgbImage tile in tiles)
        {
            using var scope = NewDisposeScope();
            using HeadMaps file = model.Run(tile.Pixels, 1, tile.Width, tile.Height);
            HeadTensors trained = network.Forward(ValidationPictures.Padded(tile, HeadTopology.InputMultiple), training: false, ScalarType.Float32);
            ScoreMap map = file.Score(0);
            Compare(map.Score, trained.Score(), 1);
            Compare(map.OffsetX, trained.Offset[.., ..1], HeadTopology.ScoreStride);
            Compare(map.OffsetY, trained.Offset[.., 1..], HeadTopology.ScoreStride);
            Compare(file.Density(0), trained.Density, 1);
        }
        return largest;

        void Compare(ReadOnlySpan<float> actual, Tensor expected, float unit)
        {
            float[] values = expected.contiguous().data<float>().ToArray();
            if (actual.Length != values.Length)
                throw new InvalidDataException($"{path}: a map has {actual.Length} cells, the network {values.Length}");
            for (int i = 0; i < values.Length; i++)
                largest = Math.Max(largest, Math.Abs(actual[i] / unit - values[i]));
        }
    }
}
