using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace HeadCount.Training.Networks;

/// <summary>One convolution of <see cref="CsrNet"/>, "same" padding with zeros.</summary>
/// <param name="Name">Weights are Name.weight and Name.bias.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">1 or 3.</param>
/// <param name="Dilation">Cells from one tap to the next.</param>
/// <param name="PoolFirst">A maximum over 2×2 cells at stride 2 comes before.</param>
internal readonly record struct CsrNetLayer(string Name, int Inputs, int Outputs, int Kernel, int Dilation, bool PoolFirst)
{
    internal bool IsFront => Name.StartsWith("features.", StringComparison.Ordinal);

    /// <summary>Cells of zeros on every side.</summary>
    internal int Padding => Kernel / 2 * Dilation;
}

/// <summary>
/// CSRNet (Li et al., "CSRNet: Dilated Convolutional Neural Networks for Understanding the Highly Congested Scenes",
/// CVPR 2018): VGG16 up to conv4_3, named and shaped as in torchvision, then six dilated convolutions and a 1×1
/// convolution to density; every convolution but the last is followed by a rectifier.
/// </summary>
internal sealed class CsrNet : INetwork
{
    /// <summary>Pixels per cell of the density.</summary>
    internal const int Stride = 8;

    private const string Output = "output";

    /// <summary>ImageNet's mean and standard deviation of red, green and blue, of 0..255.</summary>
    internal static readonly float[] ImageMean = [123.675f, 116.28f, 103.53f], ImageScale = [58.395f, 57.12f, 57.375f];

    private readonly Dictionary<string, Tensor> _state = [];

    /// <summary>Random weights after He et al. (ICCV 2015) from torch's generator; the last layer starts near 0, as most cells are empty.</summary>
    /// <param name="frozen">The front end is not trained.</param>
    /// <param name="width">Channels of the first convolution, which all others are multiples of: VGG16 has 64.</param>
    internal CsrNet(bool frozen, int width = 64)
    {
        Layers = Topology(width);
        using var scope = NewDisposeScope();
        foreach (CsrNetLayer layer in Layers)
        {
            double deviation = layer.Name == Output ? 0.01 : Math.Sqrt(2.0 / (layer.Inputs * layer.Kernel * layer.Kernel));
            Add(layer, ".weight", randn(layer.Outputs, layer.Inputs, layer.Kernel, layer.Kernel) * deviation);
            Add(layer, ".bias", zeros(layer.Outputs));
        }
        Parameters = _state.Where(p => p.Value is Parameter).ToDictionary(p => p.Key, p => (Parameter)p.Value);

        void Add(CsrNetLayer layer, string name, Tensor values)
        {
            values = values.DetachFromDisposeScope();
            _state[layer.Name + name] = layer.IsFront && frozen ? values : new Parameter(values).DetachFromDisposeScope();
        }
    }

    /// <summary>The convolutions in order.</summary>
    internal IReadOnlyList<CsrNetLayer> Layers { get; }

    /// <summary>Convolutions are [out, in, k, k].</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters { get; }

    public IEnumerable<KeyValuePair<string, Tensor>> State => _state;

    public void Load(IReadOnlyDictionary<string, Tensor> state) => Load(_state, state, "CSRNet");

    /// <summary>Takes over the front end from the state of torchvision's VGG16.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    internal void LoadFront(IReadOnlyDictionary<string, Tensor> vgg16) =>
        Load(_state.Where(p => IsFront(p.Key)), vgg16, "VGG16 (the one without batch normalisation)");

    /// <summary>Whether a tensor of that name belongs to the front end.</summary>
    internal bool IsFront(string name) => _state.ContainsKey(name) && name.StartsWith("features.", StringComparison.Ordinal);

    /// <param name="image">[N, H, W, 3], uint8, sides multiples of <see cref="Stride"/>.</param>
    /// <param name="precision">What convolutions compute in: float32 or bfloat16.</param>
    /// <returns>[N, 1, H/8, W/8], float32: heads per cell; may be a little below 0.</returns>
    internal Tensor Forward(Tensor image, ScalarType precision)
    {
        using Tensor mean = tensor(ImageMean, [1, 3, 1, 1]), scale = tensor(ImageScale, [1, 3, 1, 1]);
        // Seen as [N, 3, H, W], interleaved pixels are channels-last memory, the fastest layout for convolutions.
        Tensor x = image.permute(0, 3, 1, 2).to(float32).sub(mean).div(scale).to(precision);
        foreach (CsrNetLayer layer in Layers)
        {
            if (layer.PoolFirst)
                x = functional.max_pool2d(x, 2, 2);
            x = functional.conv2d(x, _state[layer.Name + ".weight"].to(precision), _state[layer.Name + ".bias"].to(precision),
                padding: [layer.Padding, layer.Padding], dilation: [layer.Dilation, layer.Dilation]);
            if (layer.Name != Output)
                x = x.relu_();
        }
        return x.to(float32);
    }

    public void Dispose()
    {
        foreach ((_, Tensor tensor) in _state)
            tensor.Dispose();
    }

    private static void Load(IEnumerable<KeyValuePair<string, Tensor>> own, IReadOnlyDictionary<string, Tensor> state, string network)
    {
        using var noGradient = no_grad();
        // All are checked before the first is changed.
        foreach ((string name, Tensor tensor) in own)
        {
            if (!state.TryGetValue(name, out Tensor? other))
                throw new InvalidDataException($"the weights lack '{name}' of {network}");
            if (!tensor.shape.SequenceEqual(other.shape))
                throw new InvalidDataException($"'{name}' is [{string.Join(", ", other.shape)}], {network} has [{string.Join(", ", tensor.shape)}]");
        }
        foreach ((string name, Tensor tensor) in own)
            tensor.copy_(state[name]);
    }

    private static List<CsrNetLayer> Topology(int width)
    {
        var layers = new List<CsrNetLayer>();
        int channels = 3, index = 0;
        foreach (int multiple in (ReadOnlySpan<int>)[1, 1, 0, 2, 2, 0, 4, 4, 4, 0, 8, 8, 8])
        {
            // torchvision numbers convolutions, rectifiers and pools alike.
            if (multiple == 0)
                index++;
            else
            {
                bool pool = layers.Count > 0 && channels != multiple * width;
                layers.Add(new($"features.{index}", channels, channels = multiple * width, 3, 1, pool));
                index += 2;
            }
        }
        index = 0;
        foreach (int multiple in (ReadOnlySpan<int>)[8, 8, 8, 4, 2, 1])
        {
            layers.Add(new($"backend.{index}", channels, channels = multiple * width, 3, 2, false));
            index += 2;
        }
        layers.Add(new(Output, channels, 1, 1, 1, false));
        return layers;
    }
}
