namespace HeadCount.Training.Data;

/// <summary>How far a head's mass is spread in a density map; part of a run's configuration.</summary>
public sealed record DensityKernel
{
    /// <summary>Standard deviation of every head's Gaussian, pixels of the crop; null: it follows the heads' spacing. The default is null.</summary>
    public double? Sigma { get; init; }

    /// <summary>
    /// Geometry-adaptive: the standard deviation as a share of the mean distance to the three nearest heads (Zhang et
    /// al., MCNN, CVPR 2016). The default is 0.3.
    /// </summary>
    public double Beta { get; init; } = 0.3;

    /// <summary>Geometry-adaptive: smallest standard deviation, pixels of the crop. The default is 1.</summary>
    public double Smallest { get; init; } = 1;

    /// <summary>Geometry-adaptive: largest standard deviation, pixels of the crop. The default is 15.</summary>
    public double Largest { get; init; } = 15;

    /// <param name="spacing">Mean distance to the three nearest heads, pixels.</param>
    /// <returns>Standard deviation in pixels.</returns>
    internal double SigmaOf(double spacing) => Sigma ?? Math.Clamp(Beta * spacing, Smallest, Largest);
}
