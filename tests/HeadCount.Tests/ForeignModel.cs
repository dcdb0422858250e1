using HeadCount.Inference;
using HeadCount.Onnx;

namespace HeadCount.Tests;

/// <summary>Networks as other programs export them, which find the dots of <see cref="DotModel.Draw"/>: their input is
/// float [N, 3, H, W], normalised as for ImageNet.</summary>
public static class ForeignModel
{
    private static readonly float[] Means = [.485f, .456f, .406f], Deviations = [.229f, .224f, .225f];

    /// <summary>Heads per cell of 4×4 pixels.</summary>
    public static void SaveDensity(string path) => Brightness("density_map", 4, 1 / 240f).Save(path);

    /// <summary>1 in the middle of a dot, where nothing dims it.</summary>
    public static void SaveHeatMap(string path) => Brightness("out", 1, 1 / 60f).Save(path);

    public static void Save(string path, ModelAdapter adapter)
    {
        switch (adapter)
        {
            case ModelAdapter.Density: SaveDensity(path); break;
            case ModelAdapter.HeatMap: SaveHeatMap(path); break;
            default: SavePoints(path); break;
        }
    }

    /// <summary>
    /// A point for each window of 8×8 pixels of a picture of 64×64, the only size it takes, at the window's centre of
    /// mass; head or nobody by its brightness.
    /// </summary>
    public static void SavePoints(string path)
    {
        const int Side = 8, Windows = Side * Side;
        var graph = new OnnxGraph("points");
        string image = graph.Input("input", OnnxType.Float, 1, 3, 64, 64);
        string flat = graph.Constant("flat", [1L, Windows, 1L], 3);
        string mass = Flat(Filter(graph, image, "mass", Side, (_, _) => 1));
        string divisor = graph.Node("Add", [mass, graph.Constant("tiny", [1e-3f])]);
        string offsets = graph.Node("Concat", [
            graph.Node("Div", [Flat(Filter(graph, image, "x", Side, (x, _) => x - 3.5f)), divisor]),
            graph.Node("Div", [Flat(Filter(graph, image, "y", Side, (_, y) => y - 3.5f)), divisor])], ("axis", 2));
        float[] centres = [.. Enumerable.Range(0, Windows).SelectMany(i => (float[])[i % Side * 8 + 4, i / Side * 8 + 4])];
        graph.Node("Add", [offsets, graph.Constant("centres", centres, 1, Windows, 2)], "pred_points");
        // A whole dot has a mass of 240: the middle between nobody and a head is 120.
        string nobody = graph.Constant("nobody", [.. Enumerable.Repeat(120f, Windows)], 1, Windows, 1);
        string scale = graph.Constant("scale", [.1f]);
        graph.Node("Mul", [graph.Node("Concat", [nobody, mass], ("axis", 2)), scale], "pred_logits");
        graph.Output("pred_logits", OnnxType.Float, 1, Windows, 2);
        graph.Output("pred_points", OnnxType.Float, 1, Windows, 2);
        graph.Save(path);

        string Flat(string map) => graph.Node("Reshape", [map, flat]);
    }

    private static OnnxGraph Brightness(string output, int stride, float factor)
    {
        var graph = new OnnxGraph(output);
        string image = graph.Input("input", OnnxType.Float, "N", 3, "H", "W");
        string sum = Filter(graph, image, "sum", stride, (_, _) => factor);
        graph.Node("Identity", [sum], output);
        graph.Output(output, OnnxType.Float, "N", 1, "h", "w");
        return graph;
    }

    // Weights on the mean of the three channels' values 0..255, as wide as the stride: undoes the normalisation.
    private static string Filter(OnnxGraph graph, string image, string name, int side, Func<int, int, float> weight)
    {
        var weights = new float[3 * side * side];
        float bias = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            (int channel, int place) = Math.DivRem(i, side * side);
            float perValue = weight(place % side, place / side) / 3 * 255;
            weights[i] = perValue * Deviations[channel];
            bias += perValue * Means[channel];
        }
        return graph.Node("Conv", [image, graph.Constant(name, weights, 1, 3, side, side),
            graph.Constant(name + ".bias", [bias], 1)], ("strides", new long[] { side, side }));
    }
}
