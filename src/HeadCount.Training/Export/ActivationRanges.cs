using HeadCount.Imaging;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Export;

/// <summary>
/// The range of every layer's result that integers stand for, in the order in which <see cref="HeadTopology"/> makes them; always
/// holds 0, which integers must be able to say exactly.
/// </summary>
internal sealed class ActivationRanges
{
    /// <summary>Fractions of the widest range that are tried: a few values far off may cost all others their precision.</summary>
    private static readonly float[] Fractions = [1, 0.85f, 0.7f, 0.6f, 0.5f, 0.4f, 0.32f, 0.25f, 0.2f, 0.15f];

    private readonly List<(float Low, float High)> _ranges = [];

    internal (float Low, float High) this[int index] => _ranges[index];

    /// <summary>
    /// Runs the network over pictures and takes for every layer the range whose 256 steps give its values back with the least squared
    /// error, values beyond it becoming its end.
    /// </summary>
    internal static ActivationRanges Of(HeadNetwork network, IEnumerable<RgbImage> pictures)
    {
        var ranges = new ActivationRanges();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor[] inputs = [.. pictures.Select(picture => ValidationPictures.Padded(picture, HeadTopology.InputMultiple))];
        foreach (Tensor input in inputs)
            Run(network, input, ranges.Widen);
        var errors = new double[ranges._ranges.Count, Fractions.Length];
        foreach (Tensor input in inputs)
            Run(network, input, (index, result) => ranges.AddErrors(errors, index, result));
        for (int i = 0; i < ranges._ranges.Count; i++)
        {
            int layer = i;
            float fraction = Fractions[Enumerable.Range(0, Fractions.Length).MinBy(f => errors[layer, f])];
            ranges._ranges[i] = (fraction * ranges._ranges[i].Low, fraction * ranges._ranges[i].High);
        }
        return ranges;
    }

    private static void Run(HeadNetwork network, Tensor input, Action<int, Tensor> watch)
    {
        using var scope = NewDisposeScope();
        int index = 0;
        network.Forward(input, training: false, ScalarType.Float32, result => watch(index++, result));
    }

    private void Widen(int index, Tensor result)
    {
        float low = result.min().item<float>(), high = result.max().item<float>();
        if (index == _ranges.Count)
            _ranges.Add((0, 0));
        _ranges[index] = (Math.Min(_ranges[index].Low, low), Math.Max(_ranges[index].High, high));
    }

    private void AddErrors(double[,] errors, int index, Tensor result)
    {
        using var scope = NewDisposeScope();
        (float low, float high) = _ranges[index];
        // Every second row and column is enough.
        Tensor values = result[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(0, null, 2), TensorIndex.Slice(0, null, 2)].contiguous();
        for (int i = 0; i < Fractions.Length; i++)
        {
            double step = Math.Max(Fractions[i] * (high - low) / 255, 1e-12);
            Tensor whole = (values / step).round().clamp(Math.Round(Fractions[i] * low / step), Math.Round(Fractions[i] * high / step)) * step;
            errors[index, i] += (whole - values).square().sum().item<float>();
        }
    }
}
