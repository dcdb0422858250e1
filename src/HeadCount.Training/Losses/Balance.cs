using HeadCount.Training.Data;

namespace HeadCount.Training.Losses;

/// <summary>What crops of crowds and crops of few people count for in a step's loss.</summary>
internal static class Balance
{
    /// <summary>Heads that are added to every crop's, so that empty ones have a finite weight.</summary>
    private const double Least = 8;

    /// <summary>What a batch's sums are divided by: its heads, at least one a crop, and a constant that calms small batches.</summary>
    internal static double Normaliser(IReadOnlyList<CropTargets> batch) =>
        Math.Max(batch.Sum(targets => targets.Crop.X.Length), batch.Count) + Least;

    /// <summary>
    /// A factor for each crop's sums: a head among few counts for more than one in a crowd, a crop of a crowd for more than one of
    /// few. Without it, pictures of some people or none would have no say beside those of a thousand.
    /// </summary>
    /// <returns>√ of the batch's mean number of heads over the crop's, both + 8.</returns>
    internal static float[] Weights(IReadOnlyList<CropTargets> batch)
    {
        double mean = batch.Average(targets => targets.Crop.X.Length) + Least;
        return [.. batch.Select(targets => (float)Math.Sqrt(mean / (targets.Crop.X.Length + Least)))];
    }
}
