using HeadCount.Inference;
using HeadCount.Onnx;
using HeadCount.Training.Networks;

namespace HeadCount.Training.Export;

/// <summary>
/// The network's layers with 8-bit integers between them: values are unsigned with one scale a tensor, weights signed
/// with one scale an output channel, written as QuantizeLinear and DequantizeLinear pairs that ONNX Runtime fuses into
/// integer kernels. Pixels are such integers already; the last convolution's answer leaves as floats.
/// </summary>
/// <remarks>
/// ONNX Runtime computes these convolutions with the channels of a pixel side by side in memory, as pictures come. What only
/// moves bytes is therefore written in that order: the transpositions around it cancel.
/// </remarks>
internal sealed class QuantizedLayers(OnnxGraph graph, HeadNetwork network, ActivationRanges ranges) : ILayers<string>
{
    /// <summary>A tensor of integers, its float value, and how the one becomes the other.</summary>
    private sealed record Integers(string Whole, string Value, float Scale, string ScaleName, string ZeroName);

    /// <summary>The integer that stands for a pixel of the mean brightness; what it is off by, the first bias makes good.</summary>
    private const byte ImageZero = 128;

    private readonly GraphLayers _plain = new(graph, network);
    private readonly Dictionary<string, int> _order = [];
    private readonly Dictionary<string, Integers> _quantized = [];
    private int _made;

    /// <summary>Adds the picture as the graph's input.</summary>
    internal string Image()
    {
        string pixels = ModelInput.AddBytes(graph, HeadTopology.InputMultiple);
        return Dequantized(ChannelsFirst(Regrouped(pixels, StemColumns * 3)), 1 / HeadNetwork.ImageScale,
            graph.Constant("image.scale", [1 / HeadNetwork.ImageScale]), graph.Constant("image.zero", [ImageZero])).Value;
    }

    public string Conv(string name, string x, ConvShape shape)
    {
        if (_made == 0)
            return Stem(name, x, shape);
        (float[] weight, float[] bias) = GraphLayers.Folded(network, name, shape);
        return Result(Conv(name, Quantized(x), weight, bias,
            [shape.Outputs, shape.Inputs, shape.Kernel, shape.Kernel], GraphLayers.Attributes(shape)));
    }

    // Takes the convolution's or sum's own floats: the pair behind the Relu then covers both.
    public string Relu(string x) => Result(_made == 1 ? x : _plain.Relu(x));

    public string MaxPool(string x)
    {
        Integers input = Quantized(x);
        return Result(Dequantized(_plain.MaxPool(input.Whole), input.Scale, input.ScaleName, input.ZeroName).Value);
    }

    public string Add(string a, string b) => Result(_plain.Add(Quantized(a).Value, Quantized(b).Value));

    public string Upsample(string x)
    {
        Integers small = Quantized(x);
        string pixels = ChannelsLast(small.Whole);
        string size = graph.Node("Mul", [graph.Node("Shape", [pixels]), graph.Constant($"double.{x}", [1L, 2, 2, 1], 4)]);
        string row = graph.Node("Reshape", [Twice(pixels, 3), graph.Constant($"rows.{x}", [0L, 0, -1], 3)]);
        string whole = graph.Node("Reshape", [Twice(row, 2), size]);
        return Result(Dequantized(ChannelsFirst(whole), small.Scale, small.ScaleName, small.ZeroName).Value);

        string Twice(string bytes, long axis) => graph.Node("Concat", [bytes, bytes], ("axis", axis));
    }

    /// <summary>Picture columns that the first convolution takes at once, so that it meets 12 channels instead of 3.</summary>
    private const int StemColumns = 4;

    /// <summary>
    /// The first convolution (stride 2) and its Relu: of every four columns it computes both of its own cells at once,
    /// which then stand side by side again. A range that starts at 0 is the Relu.
    /// </summary>
    private string Stem(string name, string x, ConvShape shape)
    {
        (float[] weight, float[] bias) = GraphLayers.Folded(network, name, shape);
        const int Cells = StemColumns / 2, Inputs = 3 * StemColumns;
        int kernel = shape.Kernel, padding = kernel / 2;
        // Groups of columns that the window of the first and of the last cell reaches to.
        int before = (padding + StemColumns - 1) / StemColumns, after = (2 * (Cells - 1) + padding) / StemColumns, groups = before + 1 + after;
        var wide = new float[Cells * shape.Outputs * Inputs * kernel * groups];
        var wideBias = new float[Cells * shape.Outputs];
        for (int cell = 0; cell < Cells; cell++)
        {
            for (int output = 0; output < shape.Outputs; output++)
            {
                int to = cell * shape.Outputs + output;
                wideBias[to] = bias[output];
                for (int colour = 0; colour < 3; colour++)
                {
                    for (int row = 0; row < kernel; row++)
                    {
                        for (int column = 0; column < kernel; column++)
                        {
                            float value = weight[((output * 3 + colour) * kernel + row) * kernel + column];
                            int at = before * StemColumns + 2 * cell + column - padding;
                            wide[((to * Inputs + at % StemColumns * 3 + colour) * kernel + row) * groups + at / StemColumns] = value;
                            wideBias[to] += value * (ImageZero - HeadNetwork.ImageMean) / HeadNetwork.ImageScale;
                        }
                    }
                }
            }
        }
        string conv = Conv(name, _quantized[x], wide, wideBias, [wideBias.Length, Inputs, kernel, groups],
        [
            ("kernel_shape", new long[] { kernel, groups }),
            ("strides", new long[] { 2, 1 }),
            ("pads", new long[] { padding, before, padding, after }),
        ]);
        (float scale, string scaleName, string zeroName) = Steps(conv, ranges[1]);
        string cells = ChannelsLast(graph.Node("QuantizeLinear", [conv, scaleName, zeroName]));
        return Result(Dequantized(ChannelsFirst(Regrouped(cells, shape.Outputs)), scale, scaleName, zeroName).Value);
    }

    /// <summary>A convolution of integers with <paramref name="weight"/> [out, in, height, width]; its answer is floats.</summary>
    private string Conv(string name, Integers input, float[] weight, float[] bias, long[] shape, (string, OnnxAttribute)[] attributes)
    {
        int outputs = bias.Length, perChannel = weight.Length / outputs;
        var scales = new float[outputs];
        var whole = new sbyte[weight.Length];
        var wholeBias = new int[outputs];
        for (int channel = 0; channel < outputs; channel++)
        {
            Span<float> values = weight.AsSpan(channel * perChannel, perChannel);
            float largest = 0;
            foreach (float value in values)
                largest = Math.Max(largest, Math.Abs(value));
            float scale = scales[channel] = Math.Max(largest / 127, 1e-8f);
            for (int i = 0; i < perChannel; i++)
                whole[channel * perChannel + i] = (sbyte)Math.Round(values[i] / scale);
            wholeBias[channel] = (int)Math.Round(bias[channel] / ((double)scale * input.Scale));
        }
        float[] biasScales = [.. scales.Select(s => s * input.Scale)];
        string weights = graph.Node("DequantizeLinear",
        [
            graph.Constant<sbyte>(name + ".weight", whole, shape),
            graph.Constant<float>(name + ".weight.scale", scales, outputs),
            graph.Constant<sbyte>(name + ".weight.zero", new sbyte[outputs], outputs),
        ], ("axis", 0));
        string biases = graph.Node("DequantizeLinear",
        [
            graph.Constant<int>(name + ".bias", wholeBias, outputs),
            graph.Constant<float>(name + ".bias.scale", biasScales, outputs),
            graph.Constant<int>(name + ".bias.zero", new int[outputs], outputs),
        ], ("axis", 0));
        return graph.Node("Conv", [input.Value, weights, biases], attributes);
    }

    private string Result(string value)
    {
        _order[value] = _made++;
        return value;
    }

    private Integers Quantized(string x)
    {
        if (_quantized.TryGetValue(x, out Integers? known))
            return known;
        (float scale, string scaleName, string zeroName) = Steps(x, ranges[_order[x]]);
        return _quantized[x] = Dequantized(graph.Node("QuantizeLinear", [x, scaleName, zeroName]), scale, scaleName, zeroName);
    }

    /// <summary>The float value of integers; it is known as their own from now on.</summary>
    private Integers Dequantized(string whole, float scale, string scaleName, string zeroName)
    {
        string value = graph.Node("DequantizeLinear", [whole, scaleName, zeroName]);
        return _quantized[value] = new Integers(whole, value, scale, scaleName, zeroName);
    }

    /// <summary>Scale and zero for a range of values.</summary>
    private (float Scale, string ScaleName, string ZeroName) Steps(string name, (float Low, float High) range)
    {
        // A layer that is all but silent must leave a next one's bias within 32 bits.
        float scale = Math.Max((range.High - range.Low) / 255, 1e-5f);
        byte zero = (byte)Math.Clamp(Math.Round(-range.Low / scale), 0, 255);
        return (scale, graph.Constant($"{name}.scale", [scale]), graph.Constant($"{name}.zero", [zero]));
    }

    /// <summary>[N, C, H, W] into [N, H, W, C].</summary>
    private string ChannelsLast(string bytes) => graph.Node("Transpose", [bytes], ("perm", new long[] { 0, 2, 3, 1 }));

    /// <summary>[N, H, W, C] into [N, C, H, W].</summary>
    private string ChannelsFirst(string bytes) => graph.Node("Transpose", [bytes], ("perm", new long[] { 0, 3, 1, 2 }));

    /// <summary>[N, H, W, C] into [N, H, …, channels]: the same bytes, more or fewer pixels a row.</summary>
    private string Regrouped(string bytes, long channels) =>
        graph.Node("Reshape", [bytes, graph.Constant($"{bytes}.grouped", [0L, 0, -1, channels], 4)]);
}
