using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Onnx;

namespace HeadCount.Tests;

/// <summary>
/// A network that finds bright dots exactly, in place of heads: a Gaussian filter of 6×6 pixels at stride 2 as score,
/// the centre of mass of the same pixels as offset, and brightness at stride 4 as density. What it says of a dot
/// depends on 3 pixels around a cell.
/// </summary>
public static class DotModel
{
    /// <summary>A dot is 3×3 pixels of these, one in the middle of a pixel.</summary>
    private static readonly byte[] Dot = [15, 30, 15, 30, 60, 30, 15, 30, 15];

    private const float DotSum = 240;

    public const double SuppressionRadius = 4;

    public static ModelCard Card { get; } = new()
    {
        Name = "dots",
        Version = "1.0.0",
        License = "MIT",
        Training = "none",
        Stride = 2,
        Threshold = .5,
        SuppressionRadius = SuppressionRadius,
        Margin = 4,
    };

    /// <summary>Writes the model file.</summary>
    public static void Save(string path) => Build().Save(path, Card.ToMetadata());

    public static OnnxGraph Build()
    {
        var graph = new OnnxGraph("dots");
        string input = ModelInput.Add(graph, 16);

        string filtered = Window(graph, input, "gaussian", (x, y) => MathF.Exp(-(x * x + y * y) / 2) / 150);
        graph.Node("Clip", [filtered, graph.Constant("low", [0f]), graph.Constant("high", [1f])], "score");

        string mass = graph.Node("Add", [Window(graph, input, "ones", (_, _) => 1), graph.Constant("tiny", [1e-6f])]);
        string x = graph.Node("Div", [Window(graph, input, "x", (x, _) => x), mass]);
        string y = graph.Node("Div", [Window(graph, input, "y", (_, y) => y), mass]);
        graph.Node("Concat", [x, y], "offset", ("axis", 1));

        float[] share = [.. Enumerable.Repeat(1 / (3 * DotSum), 48)];
        string weights = graph.Constant("density.weights", share, 1, 3, 4, 4);
        graph.Node("Conv", [input, weights], "density", ("strides", new long[] { 4, 4 }));

        graph.Output("score", OnnxType.Float, "N", 1, "h", "w");
        graph.Output("offset", OnnxType.Float, "N", 2, "h", "w");
        graph.Output("density", OnnxType.Float, "N", 1, "h4", "w4");
        return graph;
    }

    /// <summary>Writes a model that gives the density alone.</summary>
    public static void SaveDensity(string path)
    {
        var graph = new OnnxGraph("density");
        float[] share = [.. Enumerable.Repeat(1 / (3 * DotSum), 48)];
        graph.Node("Conv", [ModelInput.Add(graph, 16), graph.Constant("weights", share, 1, 3, 4, 4)], "density",
            ("strides", new long[] { 4, 4 }));
        graph.Output("density", OnnxType.Float, "N", 1, "h", "w");
        graph.Save(path, (Card with { Name = "density", Stride = 4 }).ToMetadata());
    }

    /// <summary>A black picture with dots whose centres are the middles of the given pixels.</summary>
    public static RgbImage Draw(int width, int height, IEnumerable<(int X, int Y)> dots)
    {
        var image = new RgbImage(width, height);
        foreach ((int dotX, int dotY) in dots)
        {
            for (int i = 0; i < 9; i++)
            {
                int x = dotX + i % 3 - 1, y = dotY + i / 3 - 1;
                if (x >= 0 && x < width && y >= 0 && y < height)
                    image.Pixels.AsSpan(3 * (y * width + x), 3).Fill(Dot[i]);
            }
        }
        return image;
    }

    /// <summary>Random places for dots at least 12 pixels apart and 4 from the border, in the order of results.</summary>
    public static List<(int X, int Y)> Scatter(int width, int height, int wanted, int seed)
    {
        var random = new Random(seed);
        var dots = new List<(int X, int Y)>();
        for (int attempt = 0; attempt < 20 * wanted && dots.Count < wanted; attempt++)
        {
            (int x, int y) = (random.Next(4, width - 4), random.Next(4, height - 4));
            if (dots.TrueForAll(d => Math.Max(Math.Abs(d.X - x), Math.Abs(d.Y - y)) >= 12))
                dots.Add((x, y));
        }
        return [.. dots.OrderBy(d => d.Y).ThenBy(d => d.X)];
    }

    /// <summary>Whether the heads are the dots: the same number, each within a thousandth of a pixel.</summary>
    public static bool Match(IReadOnlyCollection<(int X, int Y)> dots, IReadOnlyList<HeadPoint> heads) =>
        dots.Count == heads.Count && dots.All(dot => heads.Any(head =>
            Math.Abs(head.X - dot.X - .5) < .001 && Math.Abs(head.Y - dot.Y - .5) < .001));

    private static string Window(OnnxGraph graph, string input, string name, Func<float, float, float> weight)
    {
        var weights = new float[3 * 36];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = weight(i % 6 - 2.5f, i / 6 % 6 - 2.5f) / 3;
        return graph.Node("Conv", [input, graph.Constant(name, weights, 1, 3, 6, 6)],
            ("strides", new long[] { 2, 2 }), ("pads", new long[] { 2, 2, 2, 2 }));
    }
}
