namespace HeadCount.Training.Networks;

/// <summary>Widths and depths of the head network.</summary>
/// <param name="Name">What the size is called on the command line and in the model card.</param>
/// <param name="Stem">Channels at stride 2.</param>
/// <param name="Widths">Channels at strides 4, 8, 16 and 32.</param>
/// <param name="Blocks">Residual blocks (two 3×3 convolutions each) at strides 4, 8, 16 and 32.</param>
/// <param name="Neck">Channels of the top-down path.</param>
public sealed record NetworkSize(string Name, int Stem, int[] Widths, int[] Blocks, int Neck)
{
    /// <summary>The default: most of its parameters stand at strides 16 and 32, where they cost little time.</summary>
    public static NetworkSize Small { get; } = new("small", 16, [32, 64, 128, 160], [1, 1, 2, 1], 48);

    /// <summary>The most accurate.</summary>
    public static NetworkSize Base { get; } = new("base", 24, [48, 96, 192, 256], [2, 2, 3, 2], 64);

    /// <summary>The fastest.</summary>
    public static NetworkSize Nano { get; } = new("nano", 12, [24, 48, 96, 128], [1, 1, 1, 1], 32);

    /// <summary>Every size by name.</summary>
    public static IReadOnlyList<NetworkSize> All { get; } = [Nano, Small, Base];

    /// <summary>The size of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static NetworkSize Named(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new ArgumentException($"No network size '{name}'; there are: {string.Join(", ", All.Select(s => s.Name))}.");
}
