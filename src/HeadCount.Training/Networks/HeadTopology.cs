namespace HeadCount.Training.Networks;

/// <summary>The operations the network is made of, over tensors (training) or graph values (export).</summary>
/// <typeparam name="T">What flows: a tensor, a name in an ONNX graph.</typeparam>
internal interface ILayers<T>
{
    /// <summary>3×3 or 1×1 convolution, "same" padding with zeros; then batch normalisation, or a bias where there is none.</summary>
    T Conv(string name, T x, ConvShape shape);

    T Relu(T x);

    T Add(T a, T b);

    /// <summary>Twice the height and width, nearest neighbour.</summary>
    T Upsample(T x);
}

/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">1 or 3.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="Norm">Batch normalisation in place of a bias.</param>
internal readonly record struct ConvShape(int Inputs, int Outputs, int Kernel = 3, int Stride = 1, bool Norm = true);

/// <summary>
/// The network's wiring, written once for training and export: a plain-convolution feature pyramid. Residual stages
/// at strides 4 to 32 see the context, a top-down path brings it back to stride 4, and one 1×1 convolution answers for
/// each stride-4 cell: 4 head logits and 4 × 2 offsets (2×2 cells of stride 2, pixel shuffle) and one density.
/// </summary>
internal static class HeadTopology
{
    /// <summary>Pixels per cell of score and offset.</summary>
    internal const int ScoreStride = 2;

    /// <summary>Pixels per cell of the density.</summary>
    internal const int DensityStride = 4;

    /// <summary>Height and width of the input are multiples of this.</summary>
    internal const int InputMultiple = 32;

    /// <summary>
    /// Side of the window, in density cells, whose count supports a score: 68 px. An isolated head has about one head in
    /// it, a lamp or a window that resembles one has much less.
    /// </summary>
    internal const int SupportWindow = 17;

    /// <summary>A score's logit gains this much for each e-fold of the heads that the density sees around it.</summary>
    internal const float SupportGain = 0.25f;

    /// <summary>Fewest heads that a window is taken to hold.</summary>
    internal const float LeastSupport = 0.01f;

    /// <summary>Channels of the answer: 4 logits, 4 dx, 4 dy, 1 density.</summary>
    internal const int Answers = 13;

    internal static T Build<T>(ILayers<T> layers, T image, NetworkSize size)
    {
        T ConvRelu(string name, T x, ConvShape shape) => layers.Relu(layers.Conv(name, x, shape));

        T x = ConvRelu("stem", image, new(3, size.Stem, Stride: 2));
        int channels = size.Stem;
        var levels = new T[size.Widths.Length];
        for (int level = 0; level < levels.Length; level++)
        {
            int width = size.Widths[level];
            x = ConvRelu($"stage{level}.down", x, new(channels, width, Stride: 2));
            for (int block = 0; block < size.Blocks[level]; block++)
            {
                T inner = ConvRelu($"stage{level}.{block}.a", x, new(width, width));
                x = layers.Relu(layers.Add(x, layers.Conv($"stage{level}.{block}.b", inner, new(width, width))));
            }
            levels[level] = x;
            channels = width;
        }

        T Lateral(int level) => layers.Conv($"lateral{level}", levels[level], new(size.Widths[level], size.Neck, 1, Norm: false));

        T top = Lateral(levels.Length - 1);
        for (int level = levels.Length - 2; level >= 0; level--)
            top = ConvRelu($"merge{level}", layers.Add(layers.Upsample(top), Lateral(level)), new(size.Neck, size.Neck));
        top = ConvRelu("head", top, new(size.Neck, size.Neck));
        return layers.Conv("answer", top, new(size.Neck, Answers, 1, Norm: false));
    }
}
