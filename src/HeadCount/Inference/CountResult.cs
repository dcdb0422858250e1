using HeadCount.Annotations;
using HeadCount.Imaging;

namespace HeadCount.Inference;

/// <summary>What was counted in one picture.</summary>
/// <param name="Width">Columns of the upright picture.</param>
/// <param name="Height">Rows of the upright picture.</param>
/// <param name="Heads">The heads from top to bottom, then from left to right, all inside the picture.</param>
/// <param name="DensitySum">The sum of the density map, a second estimate of the count; null when the
/// model has none.</param>
/// <param name="Density">The density map, when it was asked for and the model has one.</param>
public sealed record CountResult(
    int Width, int Height, IReadOnlyList<HeadPoint> Heads, double? DensitySum = null, DensityMap? Density = null)
{
    /// <summary>The number of heads.</summary>
    public int Count => Heads.Count;

    /// <summary>Score from which this picture's heads count, 0..1: the caller's or the model's, moved towards the density's sum where
    /// <see cref="CountOptions.FollowDensity"/> says so.</summary>
    public double Threshold { get; init; }

    /// <summary>The heads at other thresholds, where <see cref="CountOptions.SweepFrom"/> asked for them.</summary>
    public ThresholdSweep? Sweep { get; init; }
}

/// <summary>One picture of many: counted, or why it could not be.</summary>
/// <param name="Path">The picture's file.</param>
/// <param name="Result">What was counted, or null.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record CountOutcome(string Path, CountResult? Result, PictureException? Error)
{
    /// <summary>What a person should know of how the picture was read, a line each (<see cref="Picture.Notes"/>).</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the picture's file is damaged and was counted as far as it could be read.</summary>
    public bool IsDamaged { get; init; }
}
