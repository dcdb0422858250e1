using HeadCount.Imaging;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Export;

/// <summary>
/// The range of every layer's result, in the order in which <see cref="HeadTopology"/> makes them; always holds 0, which
/// integers must be able to say exactly.
/// </summary>
internal sealed class ActivationRanges
{
    private readonly List<(float Low, float High)> _ranges = [];

    internal (float Low, float High) this[int index] => _ranges[index];

    /// <summary>Runs the network over pictures and takes the widest range that any of them needs.</summary>
    internal static ActivationRanges Of(HeadNetwork network, IEnumerable<RgbImage> pictures)
    {
        var ranges = new ActivationRanges();
        using var noGradient = no_grad();
        foreach (RgbImage picture in pictures)
        {
            using var scope = NewDisposeScope();
            int index = 0;
            network.Forward(ValidationPictures.Padded(picture, HeadTopology.InputMultiple), training: false, ScalarType.Float32, result => ranges.Widen(index++, result));
        }
        return ranges;
    }

    private void Widen(int index, Tensor result)
    {
        float low = result.min().item<float>(), high = result.max().item<float>();
        if (index == _ranges.Count)
            _ranges.Add((0, 0));
        _ranges[index] = (Math.Min(_ranges[index].Low, low), Math.Max(_ranges[index].High, high));
    }
}
