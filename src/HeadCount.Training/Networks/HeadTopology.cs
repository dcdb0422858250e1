namespace HeadCount.Training.Networks;

/// <summary>The operations the network is made of, over tensors (training) or graph values (export).</summary>
/// <typeparam name="T">What flows: a tensor, a name in an ONNX graph.</typeparam>
internal interface ILayers<T>
{
    /// <summary>Convolution, "same" padding with zeros; then batch normalisation, or a bias where there is none.</summary>
    T Conv(string name, T x, ConvShape shape);

    T Relu(T x);

    /// <summary>The maximum of 3×3 cells at stride 2, padded by one cell.</summary>
    T MaxPool(T x);

    T Add(T a, T b);

    /// <summary>Twice the height and width, nearest neighbour.</summary>
    T Upsample(T x);
}

/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">Cells each way: 1, 3 or 7.</param>
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

        T stem = ConvRelu("stem", image, new(3, size.Stem, size.ResNet ? 7 : 3, Stride: 2));
        T x = size.ResNet ? layers.MaxPool(stem) : stem;
        int channels = size.Stem;
        var levels = new T[size.Widths.Length];
        for (int level = 0; level < levels.Length; level++)
        {
            int width = size.Widths[level], stride = size.ResNet && level == 0 ? 1 : 2;
            if (!size.ResNet)
            {
                x = ConvRelu($"stage{level}.down", x, new(channels, width, Stride: stride));
                (channels, stride) = (width, 1);
            }
            for (int block = 0; block < size.Blocks[level]; block++)
            {
                string name = $"stage{level}.{block}";
                T inner = layers.Conv($"{name}.b", ConvRelu($"{name}.a", x, new(channels, width, Stride: stride)), new(width, width));
                T identity = stride == 1 && channels == width ? x : layers.Conv($"{name}.down", x, new(channels, width, 1, stride));
                x = layers.Relu(layers.Add(identity, inner));
                (channels, stride) = (width, 1);
            }
            levels[level] = x;
        }

        T Lateral(int level) => layers.Conv($"lateral{level}", levels[level], new(size.Widths[level], size.Neck, 1, Norm: false));

        int last = levels.Length - 1;
        T top = size.ResNet ? ConvRelu("top", levels[last], new(channels, size.Neck)) : Lateral(last);
        for (int level = last - 1; level >= 0; level--)
        {
            T sum = layers.Add(layers.Upsample(top), Lateral(level));
            // Pooling has left the finest level without what is smaller than a few pixels.
            if (size.ResNet && level == 0)
                sum = layers.Add(sum, layers.Conv("fine", stem, new(size.Stem, size.Neck, Stride: 2, Norm: false)));
            top = ConvRelu($"merge{level}", sum, new(size.Neck, size.Neck));
        }
        channels = size.Neck;
        for (int i = 0; i < size.Head.Length; i++)
        {
            top = ConvRelu(i == 0 ? "head" : $"head{i}", top, new(channels, size.Head[i]));
            channels = size.Head[i];
        }
        return layers.Conv("answer", top, new(channels, Answers, 1, Norm: false));
    }
}
