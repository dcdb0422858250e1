namespace HeadCount.Evaluation;

/// <summary>
/// Heads found and missed. Adding the scores of several pictures gives their micro score, in which every head weighs
/// the same.
/// </summary>
/// <param name="TruePositives">Detections paired with a true head.</param>
/// <param name="FalsePositives">Detections without one.</param>
/// <param name="FalseNegatives">True heads that were missed.</param>
public readonly record struct LocalizationScore(long TruePositives, long FalsePositives, long FalseNegatives)
{
    /// <summary>The score of a picture from its number of pairs, true heads and detections.</summary>
    public static LocalizationScore Of(int pairs, int truth, int predictions) =>
        new(pairs, predictions - pairs, truth - pairs);

    /// <summary>Whether there were neither heads nor detections, so that all three ratios are 1 by agreement.</summary>
    public bool IsEmpty => TruePositives + FalsePositives + FalseNegatives == 0;

    /// <summary>TP / (TP + FP) in 0..1; without detections 1 if there were no heads either, otherwise 0.</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>TP / (TP + FN) in 0..1; without heads 1 if there were no detections either, otherwise 0.</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>Harmonic mean of precision and recall, 2TP / (2TP + FP + FN), in 0..1; 1 if all are 0.</summary>
    public double F1 => Ratio(2 * TruePositives, 2 * TruePositives + FalsePositives + FalseNegatives);

    private double Ratio(long part, long whole) => whole > 0 ? (double)part / whole : IsEmpty ? 1 : 0;

    /// <summary>The sums of both.</summary>
    public static LocalizationScore operator +(LocalizationScore a, LocalizationScore b) => Add(a, b);

    /// <summary>The sums of both.</summary>
    public static LocalizationScore Add(LocalizationScore left, LocalizationScore right) =>
        new(left.TruePositives + right.TruePositives, left.FalsePositives + right.FalsePositives,
            left.FalseNegatives + right.FalseNegatives);
}
