using HeadCount.Imaging;

namespace HeadCount.Inference;

/// <summary>How a picture is counted.</summary>
public sealed record CountOptions
{
    /// <summary>Score from which a peak is a head, 0..1.</summary>
    /// <value>The default is null: the model's own.</value>
    public double? Threshold { get; init; }

    /// <summary>Whether a picture's threshold moves towards the count that the model's density map sees, where the model
    /// has one; see <see cref="Localization.DensityAgreement"/>.</summary>
    /// <value>The default is true.</value>
    public bool FollowDensity { get; init; } = true;

    /// <summary>Lowest threshold for which the result can tell its heads too (<see cref="CountResult.Sweep"/>), 0..1
    /// and not above the threshold in use.</summary>
    /// <value>The default is null: the result tells those of the threshold in use alone.</value>
    public double? SweepFrom { get; init; }

    /// <summary>At how many sizes, and how often, the network sees a picture. At <see cref="CountQuality.Best"/> no head scores below
    /// 0.3. Other than <see cref="CountQuality.Fast"/>, the model must be one that scores heads itself
    /// (<see cref="HeadModel.TakesQuality"/>).</summary>
    /// <value>The default is null: <see cref="CountQuality.Balanced"/> where the model takes it, else
    /// <see cref="CountQuality.Fast"/>.</value>
    public CountQuality? Quality { get; init; }

    /// <summary>Distance in pixels below which the weaker of two peaks is dropped, 0 to 1000.</summary>
    /// <value>The default is null: the model's own.</value>
    public double? SuppressionRadius { get; init; }

    /// <summary>What the density map is multiplied by, above 0, at most 100.</summary>
    /// <value>The default is null: the model's own.</value>
    public double? DensityGain { get; init; }

    /// <summary>A tile's side in pixels, at least 64.</summary>
    /// <value>The default is 1024.</value>
    public int TileSize { get; init; } = 1024;

    /// <summary>Pixels that neighbouring tiles share, 0 to <see cref="TileSize"/> − 1. Below twice the model's margin
    /// heads at seams are seen with part of their surroundings only.</summary>
    /// <value>The default is 128.</value>
    public int Overlap { get; init; } = 128;

    /// <summary>Tiles of a picture that run through the network at once, at least 1.</summary>
    /// <value>The default is 1: on processors more takes memory and wins no time.</value>
    public int BatchSize { get; init; } = 1;

    /// <summary>Largest width × height of a picture.</summary>
    /// <value>The default is <see cref="Picture.DefaultMaxPixels"/>.</value>
    public long MaxPixels { get; init; } = Picture.DefaultMaxPixels;

    /// <summary>Whether to keep the density map of the whole picture, for heat maps.</summary>
    /// <value>The default is false.</value>
    public bool KeepDensity { get; init; }

    internal void Validate()
    {
        RequireUpTo(1, Threshold, nameof(Threshold));
        RequireUpTo(1, SweepFrom, nameof(SweepFrom));
        RequireUpTo(1000, SuppressionRadius, nameof(SuppressionRadius));
        RequireUpTo(100, DensityGain, nameof(DensityGain));
        if (Quality is { } quality && !Enum.IsDefined(quality))
            throw new ArgumentOutOfRangeException(nameof(Quality), Quality, "There is no such quality.");
        ArgumentOutOfRangeException.ThrowIfLessThan(TileSize, 64, nameof(TileSize));
        ArgumentOutOfRangeException.ThrowIfNegative(Overlap, nameof(Overlap));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Overlap, TileSize, nameof(Overlap));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixels, 1, nameof(MaxPixels));
    }

    private static void RequireUpTo(double most, double? value, string name)
    {
        if (value is not double number)
            return;
        ArgumentOutOfRangeException.ThrowIfNegative(number, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, most, name);
    }
}
