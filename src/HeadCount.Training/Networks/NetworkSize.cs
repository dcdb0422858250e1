namespace HeadCount.Training.Networks;

/// <summary>Shape of the head network.</summary>
/// <param name="Name">What the size is called on the command line and in the model card.</param>
/// <param name="Stem">Channels at stride 2.</param>
/// <param name="Widths">Channels at strides 4, 8, 16 and 32.</param>
/// <param name="Blocks">Residual blocks (two 3×3 convolutions each) at strides 4, 8, 16 and 32.</param>
/// <param name="Neck">Channels of the top-down path.</param>
public sealed record NetworkSize(string Name, int Stem, int[] Widths, int[] Blocks, int Neck)
{
    /// <summary>
    /// The backbone is laid out as ResNet-18 (He et al., CVPR 2016), so that weights trained on ImageNet fit: a 7×7 stem and
    /// maximum pooling, and strides inside the first block of a stage. The default, false, is a 3×3 stem and a strided convolution
    /// before each stage.
    /// </summary>
    public bool ResNet { get; init; }

    /// <summary>Channels of the convolutions between the top-down path and the output; the default is one of <see cref="Neck"/>.</summary>
    public int[] Head { get; init; } = [Neck];

    /// <summary>The fastest.</summary>
    public static NetworkSize Nano { get; } = new("nano", 12, [24, 48, 96, 128], [1, 1, 1, 1], 32);

    /// <summary>The default: most of its parameters stand at strides 16 and 32, where they cost little time.</summary>
    public static NetworkSize Small { get; } = new("small", 16, [32, 64, 128, 160], [1, 1, 2, 1], 48);

    /// <summary>The most accurate, on a pretrained backbone: 12.2 million parameters, 31 GFLOP for 512×512 pixels.</summary>
    public static NetworkSize Large { get; } = new("large", 64, [64, 128, 256, 512], [2, 2, 2, 2], 96) { ResNet = true, Head = [96, 128] };

    /// <summary>Every size by name.</summary>
    public static IReadOnlyList<NetworkSize> All { get; } = [Nano, Small, Large];

    /// <summary>The size of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static NetworkSize Named(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new ArgumentException($"No network size '{name}'; there are: {string.Join(", ", All.Select(s => s.Name))}.");
}
