namespace HeadCount.Training.Data;

/// <summary>How crops differ from the pictures they are cut from; part of a run's configuration.</summary>
public sealed record Augmentation
{
    /// <summary>Smallest factor a crop is enlarged by (below 1: shrunk); factors are log-uniform. The default is 0.5.</summary>
    public double MinScale { get; init; } = 0.5;

    /// <summary>Largest factor a crop is enlarged by. The default is 2.</summary>
    public double MaxScale { get; init; } = 2;

    /// <summary>Share of the crops that are placed around a head rather than anywhere. The default is 0.5.</summary>
    public double NearHead { get; init; } = 0.5;

    /// <summary>Share of the crops that are blurred. The default is 0.08.</summary>
    public double Blur { get; init; } = 0.08;

    /// <summary>Share of the crops that get sensor noise. The default is 0.1.</summary>
    public double Noise { get; init; } = 0.1;

    /// <summary>Share of the crops that turn grey. The default is 0.12.</summary>
    public double Grey { get; init; } = 0.12;
}
