namespace HeadCount.Evaluation;

/// <summary>
/// The factor by which a density map's sums come nearest to the annotated counts. A density taught by absolute errors
/// says what is as often too much as too little of each place, and the sum of such medians is too low; one factor puts
/// most of that right.
/// </summary>
public static class DensityCalibration
{
    /// <summary>The furthest that a factor may lie from 1, either way.</summary>
    public const double Limit = 2;

    /// <summary>
    /// The factor <c>c</c> with the least sum over lists of Σ |c · density − heads| / Σ heads: so a list of crowds has
    /// no more say than one of a few heads a picture. It is a weighted median of the pictures' own factors.
    /// </summary>
    /// <param name="lists">Lists of pictures: the density's sum and the number of annotated heads of each. Lists without
    /// heads and pictures without density have no say.</param>
    /// <returns>From 1 / <see cref="Limit"/> to <see cref="Limit"/>; 1 when no picture has a say.</returns>
    public static double Factor(IEnumerable<IReadOnlyCollection<(double Density, int Heads)>> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        (double Factor, double Weight)[] pictures = [.. lists
            .Where(list => list.Any(picture => picture.Heads > 0))
            .SelectMany(list => list.Where(picture => picture.Density > 0).Select(picture =>
                (picture.Heads / picture.Density, picture.Density / list.Sum(other => (double)other.Heads))))
            .Order()];
        double half = pictures.Sum(picture => picture.Weight) / 2, sum = 0;
        foreach ((double factor, double weight) in pictures)
        {
            if ((sum += weight) >= half)
                return Math.Clamp(factor, 1 / Limit, Limit);
        }
        return 1;
    }
}
