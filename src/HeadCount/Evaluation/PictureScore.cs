namespace HeadCount.Evaluation;

/// <summary>One picture of an evaluation: counts and, at each matching radius, heads found and missed.</summary>
/// <param name="Name">The picture's identity.</param>
/// <param name="Truth">Number of true heads.</param>
/// <param name="Predicted">Number of detected heads.</param>
/// <param name="Localization">Matching radius in pixels and the score there, in the order asked for.</param>
public sealed record PictureScore(
    string Name, int Truth, int Predicted, IReadOnlyList<(double Radius, LocalizationScore Score)> Localization)
{
    /// <summary>The sum of the model's density map; null without one.</summary>
    public double? DensitySum { get; init; }

    /// <summary>Detected minus true heads.</summary>
    public int Error => Predicted - Truth;

    /// <summary>Scores a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="radii">Matching radii in pixels, 0 or more.</param>
    /// <exception cref="ArgumentException">A radius is negative, or a number is not finite.</exception>
    public static PictureScore Of(EvaluatedImage image, IReadOnlyList<double> radii)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(radii);
        return new PictureScore(image.Name, image.Truth.Count, image.Predictions.Count,
            [.. radii.Select(radius => (radius, LocalizationScore.Of(
                PointMatcher.Match(image.Truth, image.Predictions, radius).Count,
                image.Truth.Count, image.Predictions.Count)))])
        {
            DensitySum = image.DensitySum,
        };
    }

    /// <summary>The score at one of the radii.</summary>
    /// <exception cref="InvalidOperationException">The picture was not scored at it.</exception>
    public LocalizationScore At(double radius) => Localization.First(entry => entry.Radius == radius).Score;
}
