using HeadCount.Evaluation;
using HeadCount.Inference;

namespace HeadCount.Reports;

/// <summary>A picture of an evaluation.</summary>
/// <param name="Path">The picture's file.</param>
/// <param name="Image">Its true heads and those detected at the threshold in use, with its size and ignored regions.
/// </param>
/// <param name="Sweep">The heads at other thresholds.</param>
public sealed record EvaluatedPicture(string Path, EvaluatedImage Image, ThresholdSweep Sweep);

/// <summary>An evaluation to report on.</summary>
public sealed record EvaluationRun
{
    /// <summary>The dataset, for the title.</summary>
    public required string Dataset { get; init; }

    /// <summary>Name and version of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The threshold in use, 0..1; null for a model that has none.</summary>
    public required double? Threshold { get; init; }

    /// <summary>The suppression radius in use, in pixels.</summary>
    public required double SuppressionRadius { get; init; }

    /// <summary>Matching radii that were asked for, in pixels, at least one; errors are analysed at the largest.
    /// </summary>
    public required IReadOnlyList<double> Radii { get; init; }

    /// <summary>The pictures, at least one.</summary>
    public required IReadOnlyList<EvaluatedPicture> Pictures { get; init; }

    /// <summary>Pictures that could not be counted.</summary>
    public int Failed { get; init; }

    /// <summary>Seconds that counting took.</summary>
    public double Seconds { get; init; }
}
