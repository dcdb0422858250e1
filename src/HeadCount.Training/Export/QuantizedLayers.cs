using HeadCount.Onnx;
using HeadCount.Training.Networks;

namespace HeadCount.Training.Export;

/// <summary>
/// The network's layers with 8-bit integers between them: values are unsigned with one scale a tensor, weights signed
/// with one scale an output channel, written as QuantizeLinear and DequantizeLinear pairs that ONNX Runtime fuses into
/// integer kernels. The first convolution reads pixels and the last one's answer leaves as floats.
/// </summary>
internal sealed class QuantizedLayers(OnnxGraph graph, HeadNetwork network, ActivationRanges ranges) : ILayers<string>
{
    private readonly GraphLayers _plain = new(graph, network);
    private readonly Dictionary<string, int> _order = [];
    private readonly Dictionary<string, (string Value, float Scale)> _quantized = [];

    public string Conv(string name, string x, ConvShape shape)
    {
        if (!_order.ContainsKey(x))
            return Result(_plain.Conv(name, x, shape));
        (string input, float inputScale) = Quantized(x);
        (float[] weight, float[] bias) = GraphLayers.Folded(network, name, shape);
        int perChannel = weight.Length / shape.Outputs;
        var scales = new float[shape.Outputs];
        var whole = new sbyte[weight.Length];
        var wholeBias = new int[shape.Outputs];
        for (int channel = 0; channel < shape.Outputs; channel++)
        {
            Span<float> values = weight.AsSpan(channel * perChannel, perChannel);
            float largest = 0;
            foreach (float value in values)
                largest = Math.Max(largest, Math.Abs(value));
            float scale = scales[channel] = Math.Max(largest / 127, 1e-8f);
            for (int i = 0; i < perChannel; i++)
                whole[channel * perChannel + i] = (sbyte)Math.Round(values[i] / scale);
            wholeBias[channel] = (int)Math.Round(bias[channel] / ((double)scale * inputScale));
        }
        float[] biasScales = [.. scales.Select(s => s * inputScale)];
        string weights = graph.Node("DequantizeLinear",
        [
            graph.Constant<sbyte>(name + ".weight", whole, shape.Outputs, shape.Inputs, shape.Kernel, shape.Kernel),
            graph.Constant<float>(name + ".weight.scale", scales, shape.Outputs),
            graph.Constant<sbyte>(name + ".weight.zero", new sbyte[shape.Outputs], shape.Outputs),
        ], ("axis", 0));
        string biases = graph.Node("DequantizeLinear",
        [
            graph.Constant<int>(name + ".bias", wholeBias, shape.Outputs),
            graph.Constant<float>(name + ".bias.scale", biasScales, shape.Outputs),
            graph.Constant<int>(name + ".bias.zero", new int[shape.Outputs], shape.Outputs),
        ], ("axis", 0));
        return Result(graph.Node("Conv", [input, weights, biases], GraphLayers.Attributes(shape)));
    }

    // Takes the convolution's or sum's own floats: the pair behind the Relu then covers both.
    public string Relu(string x) => Result(_plain.Relu(x));

    public string Add(string a, string b) => Result(_plain.Add(Quantized(a).Value, Quantized(b).Value));

    public string Upsample(string x) => Result(_plain.Upsample(Quantized(x).Value));

    private string Result(string value)
    {
        _order[value] = _order.Count;
        return value;
    }

    private (string Value, float Scale) Quantized(string x)
    {
        if (_quantized.TryGetValue(x, out var known))
            return known;
        (float low, float high) = ranges[_order[x]];
        float scale = Math.Max((high - low) / 255, 1e-8f);
        byte zero = (byte)Math.Clamp(Math.Round(-low / scale), 0, 255);
        string scaleName = graph.Constant($"{x}.scale", [scale]), zeroName = graph.Constant($"{x}.zero", [zero]);
        string whole = graph.Node("QuantizeLinear", [x, scaleName, zeroName]);
        return _quantized[x] = (graph.Node("DequantizeLinear", [whole, scaleName, zeroName]), scale);
    }
}
