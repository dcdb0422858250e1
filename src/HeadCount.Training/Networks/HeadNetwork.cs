using HeadCount.Training.Storage;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace HeadCount.Training.Networks;

/// <summary>What the network says of a batch.</summary>
/// <param name="Logits">[N, 1, H/2, W/2], float32: the score before the density's support and the sigmoid.</param>
/// <param name="Offset">[N, 2, H/2, W/2], float32: from the cell's centre to the head, dx then dy, in cells.</param>
/// <param name="Density">[N, 1, H/4, W/4], float32: heads per cell, at least 0.</param>
internal sealed record HeadTensors(Tensor Logits, Tensor Offset, Tensor Density)
{
    /// <summary>
    /// [N, 1, H/2, W/2], 0..1: what heads are found by. The logit is trained alone; here the density around a cell
    /// speaks for or against it.
    /// </summary>
    internal Tensor Score()
    {
        const long Window = HeadTopology.SupportWindow;
        Tensor heads = functional.avg_pool2d(Density, Window, 1, Window / 2, count_include_pad: false) * (Window * Window);
        Tensor support = HeadTopology.SupportGain * heads.clamp_min(HeadTopology.LeastSupport).log();
        return (Logits + functional.interpolate(support, scale_factor: [2, 2], mode: InterpolationMode.Nearest)).sigmoid();
    }
}

/// <summary>The weights of <see cref="HeadTopology"/> and its forward pass in TorchSharp.</summary>
internal sealed class HeadNetwork : INetwork
{
    private readonly NetworkSize _size;
    private readonly Dictionary<string, Parameter> _parameters = [];
    private readonly Dictionary<string, Tensor> _statistics = [];

    /// <summary>Random weights from torch's generator.</summary>
    internal HeadNetwork(NetworkSize size)
    {
        _size = size;
        using var scope = NewDisposeScope();
        HeadTopology.Build(new Declaration(this), 0, size);
    }

    /// <summary>
    /// Trained by gradient. Convolutions are [out, k, k, in]: seen as [out, in, k, k] that is channels-last memory.
    /// </summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => _parameters;

    /// <summary>Running means and variances of the batch normalisations.</summary>
    internal IReadOnlyDictionary<string, Tensor> Statistics => _statistics;

    /// <summary>Parameters and statistics.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
        _parameters.Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value)).Concat(_statistics);

    internal NetworkSize Size => _size;

    /// <summary>The same network with the same weights and its own memory.</summary>
    internal HeadNetwork Copy()
    {
        var copy = new HeadNetwork(_size);
        copy.Load(State.ToDictionary());
        return copy;
    }

    /// <summary>The network of a weights or model file; its first layer tells the size.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read or is of no such network; the message names it.</exception>
    internal static HeadNetwork Read(string path)
    {
        HeadNetwork? network = null;
        WeightsFile.Load(path, state =>
        {
            NetworkSize size = NetworkSize.All.FirstOrDefault(s => state.TryGetValue("stem.weight", out Tensor? stem) && stem.shape[0] == s.Stem)
                ?? throw new InvalidDataException($"no weights of a {string.Join(", ", NetworkSize.All.Select(s => s.Name))} network");
            network = new HeadNetwork(size);
            if (IsFolded(state))
                network.LoadFolded(state);
            else
                network.Load(state);
        });
        return network!;
    }

    /// <summary>Takes over weights by name.</summary>
    /// <exception cref="InvalidDataException">One is missing or has another shape.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor own) in State)
            own.copy_(Checked(state, name, own));
    }

    /// <summary>Takes over the weights of a backbone, all that it has.</summary>
    /// <exception cref="InvalidDataException">One has no place here, or another shape.</exception>
    internal void LoadBackbone(IReadOnlyDictionary<string, Tensor> state)
    {
        using var noGradient = no_grad();
        var own = State.ToDictionary();
        foreach (string name in state.Keys)
        {
            own.TryGetValue(name, out Tensor? place);
            (place ?? throw new InvalidDataException($"a {_size.Name} network has no place for '{name}'")).copy_(Checked(state, name, place));
        }
    }

    /// <summary>Whether weights are those of a model file, whose normalisations are folded into the convolutions.</summary>
    internal static bool IsFolded(IReadOnlyDictionary<string, Tensor> state) =>
        state.ContainsKey("stem.bias") && !state.ContainsKey("stem.scale");

    /// <summary>
    /// Takes over the weights of a model file and gives every normalisation statistics again: with images those that its
    /// convolution has on them, so that training goes on where it ended; without, mean 0 and variance 1.
    /// </summary>
    /// <param name="state">Weight and bias of every convolution.</param>
    /// <param name="images">[N, H, W, 3], uint8, sides multiples of <see cref="HeadTopology.InputMultiple"/>; or null.</param>
    /// <exception cref="InvalidDataException">One is missing or has another shape.</exception>
    internal void LoadFolded(IReadOnlyDictionary<string, Tensor> state, Tensor? images = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((string name, Parameter own) in _parameters)
        {
            string norm = name[..(name.LastIndexOf('.') + 1)];
            if (name.EndsWith(".scale", StringComparison.Ordinal))
            {
                own.fill_(1);
                _statistics[norm + "mean"].fill_(0);
                _statistics[norm + "variance"].fill_(1 - NormEpsilon);
            }
            else
                own.copy_(Checked(state, name.EndsWith(".shift", StringComparison.Ordinal) ? norm + "bias" : name, own));
        }
        if (images is not null)
        {
            HeadTopology.Build(new Pass(this, training: false, ScalarType.Float32, watch: null) { Calibrates = true },
                images.permute(0, 3, 1, 2).to(float32).sub(ImageMean).div(ImageScale), _size);
        }
    }

    private Tensor Checked(IReadOnlyDictionary<string, Tensor> state, string name, Tensor own)
    {
        if (!state.TryGetValue(name, out Tensor? other))
            throw new InvalidDataException($"the weights lack '{name}' of a {_size.Name} network");
        return own.shape.SequenceEqual(other.shape) ? other : throw new InvalidDataException(
            $"'{name}' is [{string.Join(", ", other.shape)}], a {_size.Name} network needs [{string.Join(", ", own.shape)}]");
    }

    /// <summary>
    /// Takes over the weights of a network that is nowhere wider or deeper, and answers as it does: added channels see
    /// everything but nothing of the old listens to them yet, and added residual blocks are still the identity.
    /// </summary>
    /// <exception cref="InvalidDataException">The weights are not those of such a network.</exception>
    internal void GrowFrom(IReadOnlyDictionary<string, Tensor> smaller)
    {
        using var noGradient = no_grad();
        var own = State.ToDictionary();
        if (smaller.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } foreign)
            throw new InvalidDataException($"the weights hold '{foreign}', which a {_size.Name} network has no place for");
        foreach ((string name, Tensor tensor) in own)
        {
            if (!smaller.TryGetValue(name, out Tensor? other))
            {
                if (!name.StartsWith("stage", StringComparison.Ordinal))
                    throw new InvalidDataException($"the weights lack '{name}' of a {_size.Name} network");
                continue;
            }
            if (other.dim() != tensor.dim() || other.shape.Zip(tensor.shape).Any(s => s.First > s.Second))
                throw new InvalidDataException($"'{name}' is [{string.Join(", ", other.shape)}], too large for the [{string.Join(", ", tensor.shape)}] of a {_size.Name} network");
            TensorIndex[] corner = [.. other.shape.Select(n => TensorIndex.Slice(0, n))];
            if (tensor.dim() == 4)
                tensor[corner[0]] = 0;
            tensor[corner] = other;
        }
    }

    /// <param name="image">[N, H, W, 3], uint8, sides multiples of <see cref="HeadTopology.InputMultiple"/>.</param>
    /// <param name="training">Normalise by the batch and update the statistics.</param>
    /// <param name="precision">What convolutions compute in: float32 or bfloat16.</param>
    /// <param name="watch">Is shown every layer's result, in order.</param>
    internal HeadTensors Forward(Tensor image, bool training, ScalarType precision, Action<Tensor>? watch = null)
    {
        // Seen as [N, 3, H, W], interleaved pixels are channels-last memory, the fastest layout for convolutions.
        // Every value on the way is exact in bfloat16.
        Tensor x = image.permute(0, 3, 1, 2).to(precision).sub(ImageMean).div(ImageScale);
        Tensor answer = HeadTopology.Build(new Pass(this, training, precision, watch), x, _size).to(float32);
        return new HeadTensors(
            functional.pixel_shuffle(answer[.., ..4], 2),
            functional.pixel_shuffle(answer[.., 4..12], 2),
            functional.softplus(answer[.., 12..]));
    }

    /// <summary>Pixels enter as (value − mean) / scale.</summary>
    internal const float ImageMean = 127.5f, ImageScale = 64f;

    /// <summary>Added to a variance before its root.</summary>
    internal const double NormEpsilon = 1e-5;

    public void Dispose()
    {
        foreach ((_, Tensor tensor) in State)
            tensor.Dispose();
    }

    /// <summary>Creates the weights of every layer.</summary>
    private sealed class Declaration(HeadNetwork network) : ILayers<int>
    {
        public int Conv(string name, int x, ConvShape shape)
        {
            (int inputs, int outputs, int kernel, _, bool norm) = shape;
            bool answer = name == "answer";
            double deviation = answer ? 0.01 : Math.Sqrt(2.0 / (inputs * kernel * kernel));
            Add(name + ".weight", randn(outputs, kernel, kernel, inputs) * deviation);
            if (norm)
            {
                // A residual block starts as the identity.
                Add(name + ".scale", name.EndsWith(".b", StringComparison.Ordinal) ? zeros(outputs) : ones(outputs));
                Add(name + ".shift", zeros(outputs));
                network._statistics[name + ".mean"] = zeros(outputs).DetachFromDisposeScope();
                network._statistics[name + ".variance"] = ones(outputs).DetachFromDisposeScope();
                return 0;
            }
            Tensor bias = zeros(outputs);
            if (answer)
            {
                // Heads are rare: start from a low score (sigmoid −4 ≈ 0.02) and a low density.
                bias[..4] = -4f;
                bias[12] = -5f;
            }
            Add(name + ".bias", bias);
            return 0;
        }

        public int Relu(int x) => 0;

        public int MaxPool(int x) => 0;

        public int Add(int a, int b) => 0;

        public int Upsample(int x) => 0;

        private void Add(string name, Tensor tensor)
        {
            var parameter = new Parameter(tensor.DetachFromDisposeScope());
            parameter.DetachFromDisposeScope();
            network._parameters[name] = parameter;
        }
    }

    private sealed class Pass(HeadNetwork network, bool training, ScalarType precision, Action<Tensor>? watch) : ILayers<Tensor>
    {
        /// <summary>Gives every normalisation the statistics of this pass, its result unchanged.</summary>
        internal bool Calibrates { get; init; }

        public Tensor Conv(string name, Tensor x, ConvShape shape)
        {
            Tensor? bias = shape.Norm ? null : network._parameters[name + ".bias"].to(precision);
            Tensor weight = network._parameters[name + ".weight"].to(precision).permute(0, 3, 1, 2);
            long padding = shape.Kernel / 2;
            Tensor y = functional.conv2d(x, weight, bias, strides: [shape.Stride, shape.Stride], padding: [padding, padding]);
            if (Calibrates && shape.Norm)
                Calibrate(name, y);
            return Watched(shape.Norm
                ? functional.batch_norm(y, network._statistics[name + ".mean"], network._statistics[name + ".variance"],
                    network._parameters[name + ".scale"], network._parameters[name + ".shift"], training, 0.1, NormEpsilon)
                : y);
        }

        private void Calibrate(string name, Tensor y)
        {
            Tensor mean = y.mean([0, 2, 3]), variance = y.var([0, 2, 3], unbiased: false);
            network._statistics[name + ".mean"].copy_(mean);
            network._statistics[name + ".variance"].copy_(variance);
            network._parameters[name + ".scale"].copy_((variance + NormEpsilon).sqrt());
            network._parameters[name + ".shift"].add_(mean);
        }

        public Tensor Relu(Tensor x) => Watched(x.relu_());

        public Tensor MaxPool(Tensor x) => Watched(functional.max_pool2d(x, 3, 2, 1));

        // Kept: TorchSharp makes a scalar of its own for every "+", which the garbage collector may free during the call.
        private static readonly Scalar _one = 1;

        public Tensor Add(Tensor a, Tensor b) => Watched(a.add(b, _one));

        public Tensor Upsample(Tensor x) =>
            Watched(functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest));

        private Tensor Watched(Tensor result)
        {
            watch?.Invoke(result);
            return result;
        }
    }
}
