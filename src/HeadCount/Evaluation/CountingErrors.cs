namespace HeadCount.Evaluation;

/// <summary>How far counts are off, over a set of pictures.</summary>
/// <param name="Mae">Mean of |predicted − true|, in heads.</param>
/// <param name="Rmse">Root of the mean of (predicted − true)², in heads; papers print it as "MSE".</param>
/// <param name="Nae">Mean of |predicted − true| / true over pictures with heads; null where there are none.</param>
/// <param name="Bias">Mean of predicted − true, in heads: below 0 when too few are counted.</param>
public sealed record CountingErrors(double Mae, double Rmse, double? Nae, double Bias)
{
    /// <summary>The errors of a set of counts.</summary>
    /// <param name="counts">True and predicted count of each picture; a predicted count need not be whole.</param>
    /// <exception cref="ArgumentException">There are no counts.</exception>
    public static CountingErrors Of(IEnumerable<(int Truth, double Predicted)> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        double absolute = 0, squared = 0, relative = 0, signed = 0;
        int images = 0, populated = 0;
        foreach ((int truth, double predicted) in counts)
        {
            double error = predicted - truth;
            images++;
            absolute += Math.Abs(error);
            squared += error * error;
            signed += error;
            if (truth <= 0)
                continue;
            populated++;
            relative += Math.Abs(error) / truth;
        }
        if (images == 0)
            throw new ArgumentException("There are no counts to compare.", nameof(counts));
        return new CountingErrors(absolute / images, Math.Sqrt(squared / images),
            populated > 0 ? relative / populated : null, signed / images);
    }
}
