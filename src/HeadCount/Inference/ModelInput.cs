using HeadCount.Onnx;

namespace HeadCount.Inference;

/// <summary>The first nodes of every HeadCount model.</summary>
public static class ModelInput
{
    /// <summary>Adds the input <c>image</c>, uint8 [N, H, W, 3], and turns it into float [N, 3, H', W'] with values
    /// 0..255, mirrored at the lower and right border so that H' and W' are multiples of
    /// <paramref name="multiple"/>. Sides are expected to be at least that long.</summary>
    /// <returns>The name of the float value.</returns>
    public static string Add(OnnxGraph graph, int multiple)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(multiple, 1);
        string image = graph.Input("image", OnnxType.UInt8, "N", "H", "W", 3);
        string pixels = graph.Node("Cast", [image], ("to", (long)OnnxType.Float));
        string planes = graph.Node("Transpose", [pixels], ("perm", new long[] { 0, 3, 1, 2 }));
        // Missing rows and columns: (multiple - size % multiple) % multiple, for H and W at once.
        string size = graph.Node("Shape", [planes], ("start", 2));
        string step = graph.Constant("input.multiple", [(long)multiple], 1);
        string missing = graph.Node("Mod", [graph.Node("Sub", [step, graph.Node("Mod", [size, step])]), step]);
        string before = graph.Constant("input.before", [0L, 0L], 2);
        string pads = graph.Node("Concat", [before, missing], ("axis", 0));
        string axes = graph.Constant("input.axes", [2L, 3L], 2);
        return graph.Node("Pad", [planes, pads, "", axes], ("mode", "reflect"));
    }
}
