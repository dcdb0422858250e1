using HeadCount.Onnx;

namespace HeadCount.Inference;

/// <summary>The first nodes of every HeadCount model.</summary>
public static class ModelInput
{
    /// <summary>Adds the input <c>image</c>, uint8 [N, H, W, 3], and turns it into float [N, 3, H', W'] with values
    /// 0..255, mirrored at the lower and right border so that H' and W' are multiples of
    /// <paramref name="multiple"/>. Sides are expected to be at least that long.</summary>
    /// <returns>The name of the float value.</returns>
    public static string Add(OnnxGraph graph, int multiple) =>
        graph.Node("Transpose", [graph.Node("Cast", [AddBytes(graph, multiple)], ("to", (long)OnnxType.Float))],
            ("perm", new long[] { 0, 3, 1, 2 }));

    /// <summary>As <see cref="Add"/>, but the values stay uint8.</summary>
    /// <returns>The name of the uint8 value, [N, H', W', 3].</returns>
    public static string AddBytes(OnnxGraph graph, int multiple)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        string image = graph.Input("image", OnnxType.UInt8, "N", "H", "W", 3);
        // Missing rows and columns: (multiple - size % multiple) % multiple, for H and W at once.
        string size = graph.Node("Shape", [image], ("start", 1), ("end", 3));
        string step = graph.Constant("input.multiple", [(long)multiple], 1);
        string missing = graph.Node("Mod", [graph.Node("Sub", [step, graph.Node("Mod", [size, step])]), step]);
        string before = graph.Constant("input.before", [0L, 0L], 2);
        string pads = graph.Node("Concat", [before, missing], ("axis", 0));
        string axes = graph.Constant("input.axes", [1L, 2L], 2);
        return graph.Node("Pad", [image, pads, "", axes], ("mode", "reflect"));
    }
}
