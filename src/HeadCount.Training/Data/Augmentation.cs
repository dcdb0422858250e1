namespace HeadCount.Training.Data;

/// <summary>Crops are enlarged by a factor drawn log-uniformly from a range.</summary>
/// <param name="Weight">How many of the crops, in relation to the other ranges' weights.</param>
/// <param name="Smallest">Smallest factor (below 1: shrunk).</param>
/// <param name="Largest">Largest factor.</param>
public sealed record ScaleRange(double Weight, double Smallest, double Largest);

/// <summary>How crops differ from the pictures they are cut from; part of a run's configuration.</summary>
public sealed record Augmentation
{
    /// <summary>
    /// What crops are enlarged by. By default half of them by 0.45 to 2.8, a third by about 1, and some by 2 to 6, which shows people
    /// near the camera.
    /// </summary>
    public IReadOnlyList<ScaleRange> Scales { get; init; } = [new(0.5, 0.45, 2.8), new(0.36, 0.75, 1.45), new(0.14, 2, 6)];

    /// <summary>Largest ratio of the two sides' factors, either way: heads get up to that much wider or taller. The default is 1.2.</summary>
    public double AspectRatio { get; init; } = 1.2;

    /// <summary>Fraction of the crops that are placed around a head rather than anywhere. The default is 0.5.</summary>
    public double NearHead { get; init; } = 0.5;

    /// <summary>Fraction of the crops that are blurred. The default is 0.1.</summary>
    public double Blur { get; init; } = 0.1;

    /// <summary>Fraction of the crops that get sensor noise. The default is 0.12.</summary>
    public double Noise { get; init; } = 0.12;

    /// <summary>Fraction of the crops that turn grey. The default is 0.12.</summary>
    public double Grey { get; init; } = 0.12;

    /// <summary>Fraction of the crops that are compressed as JPEG at quality 25 to 85. The default is 0.15.</summary>
    public double Jpeg { get; init; } = 0.15;
}
