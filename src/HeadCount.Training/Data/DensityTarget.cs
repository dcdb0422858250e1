namespace HeadCount.Training.Data;

/// <summary>Density maps made of one Gaussian a head.</summary>
internal static class DensityTarget
{
    /// <summary>A Gaussian is cut off this many standard deviations from its head.</summary>
    private const double Reach = 4;

    /// <summary>
    /// Heads per cell, row by row. A cell gets the Gaussian's integral over it, and what lies outside the frame goes to
    /// the cells inside, so that the map's sum is the number of heads.
    /// </summary>
    /// <param name="x">Columns of the heads, in [0, width).</param>
    /// <param name="y">Rows of the heads, in [0, height).</param>
    /// <param name="spacing">Mean distance of every head to its nearest ones, pixels.</param>
    /// <param name="width">Pixels; the last cells may be cut.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="stride">Pixels per cell.</param>
    /// <param name="kernel">How far heads are spread.</param>
    internal static float[] Of(
        ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> spacing, int width, int height, int stride, DensityKernel kernel)
    {
        int columns = (width + stride - 1) / stride;
        var map = new double[columns * ((height + stride - 1) / stride)];
        for (int head = 0; head < x.Length; head++)
        {
            double sigma = kernel.SigmaOf(spacing[head]);
            (int left, double[] across) = Shares(x[head], sigma, width, stride);
            (int top, double[] down) = Shares(y[head], sigma, height, stride);
            for (int row = 0; row < down.Length; row++)
            {
                for (int column = 0; column < across.Length; column++)
                    map[(top + row) * columns + left + column] += down[row] * across[column];
            }
        }
        return [.. map.Select(mass => (float)mass)];
    }

    /// <summary>The share of a Gaussian in each cell along one axis, from the first cell that it reaches; the shares sum to 1.</summary>
    private static (int First, double[] Share) Shares(double centre, double sigma, int extent, int stride)
    {
        double from = Math.Max(centre - Reach * sigma, 0), to = Math.Min(centre + Reach * sigma, extent);
        int first = (int)(from / stride), last = Math.Max((int)Math.Ceiling(to / stride) - 1, first);
        var share = new double[last - first + 1];
        double sum = 0, below = Below(from);
        for (int i = 0; i < share.Length; i++)
        {
            double above = Below(Math.Min((first + i + 1) * (double)stride, to));
            sum += share[i] = above - below;
            below = above;
        }
        for (int i = 0; i < share.Length; i++)
            share[i] /= sum;
        return (first, share);

        double Below(double at) => 0.5 * (1 + ErrorFunction((at - centre) / (sigma * Math.Sqrt(2))));
    }

    /// <summary>Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26; off by at most 1.5e-7.</summary>
    private static double ErrorFunction(double x)
    {
        double t = 1 / (1 + 0.3275911 * Math.Abs(x));
        double polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.CopySign(1 - polynomial * Math.Exp(-x * x), x);
    }
}
