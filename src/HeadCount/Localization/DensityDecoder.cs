using HeadCount.Annotations;

namespace HeadCount.Localization;

/// <summary>
/// Turns a density map into as many heads as its sum says, without a parameter to choose: the map is first cut into
/// pieces that hold one head each, then the points settle as in OT-M (Lin and Chan, "Optimal Transport Minimization:
/// Crowd Localization on Density Maps for Semi-Supervised Counting", CVPR 2023), which alternates an entropic transport
/// plan between density and points of equal weight with moving each point to the barycentre of what it receives.
/// </summary>
/// <remarks>A cell sends to its nearest points only, so the cost grows with cells + points, not with their product;
/// blur of the plan and distances are in units of the spacing around a cell, which perspective changes.</remarks>
public static class DensityDecoder
{
    /// <summary>Points that a cell's density may go to.</summary>
    private const int Nearest = 8;

    /// <summary>Blur of the transport plan, as a share of the product of the distances to the two nearest points: a cell
    /// between two is shared, one that clearly belongs to a point goes there, at any spacing.</summary>
    private const double Blur = .2;

    /// <summary>Mean squared distance of a cell's area from its centre, in cells.</summary>
    private const double CellSpread = 1 / 6.0;

    /// <summary>Most alternations.</summary>
    private const int Rounds = 20;

    /// <summary>Sinkhorn iterations of a round, which goes on from the plan of the round before.</summary>
    private const int Iterations = 8;

    /// <summary>Rounds after which each cell looks for its nearest points anew.</summary>
    private const int RoundsPerSearch = 5;

    /// <summary>Cells that a point moves in a round, on average, when they have settled.</summary>
    private const double Settled = .02;

    /// <summary>Finds the heads of a density map.</summary>
    /// <param name="density">Heads per cell, row after row. Cells below 0 take from the sum and attract nothing.</param>
    /// <param name="columns">Cells side by side.</param>
    /// <param name="stride">Pixels a cell is wide and high.</param>
    /// <returns>As many heads as the rounded sum, of score 1, in pixels of the map's own frame, from top to bottom, then
    /// from left to right.</returns>
    /// <exception cref="ArgumentException">The cells are not whole rows.</exception>
    public static List<HeadPoint> Decode(float[] density, int columns, int stride)
    {
        ArgumentNullException.ThrowIfNull(density);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (density.Length % columns != 0)
            throw new ArgumentException($"{density.Length} cells are not whole rows of {columns}.", nameof(density));
        int count = Count(density);
        if (count == 0)
            return [];
        (double X, double Y)[] points = new DensityPartition(density, columns).Points(count);
        if (count > 1)
            Settle(points, Cells(density, columns));
        return [.. points.Select(point => new HeadPoint(point.X * stride, point.Y * stride))
            .OrderBy(head => head.Y).ThenBy(head => head.X)];
    }

    /// <summary>The number of heads that a map stands for: its sum, rounded, at least 0.</summary>
    internal static int Count(float[] density)
    {
        double sum = 0;
        foreach (float cell in density)
            sum += cell;
        return (int)Math.Max(Math.Round(sum), 0);
    }

    private readonly record struct Cell(double X, double Y, double Mass);

    private static Cell[] Cells(float[] density, int columns)
    {
        var cells = new List<Cell>();
        for (int i = 0; i < density.Length; i++)
            if (density[i] > 0)
                cells.Add(new Cell(i % columns + .5, i / columns + .5, density[i]));
        return [.. cells];
    }

    private static void Settle((double X, double Y)[] points, Cell[] cells)
    {
        int near = Math.Min(Nearest, points.Length);
        double share = cells.Sum(cell => cell.Mass) / points.Length;
        var neighbours = new int[cells.Length * near];
        var kernel = new float[neighbours.Length];
        double[] scale = [.. Enumerable.Repeat(1.0, points.Length)];
        var received = new (double Mass, double X, double Y)[points.Length];
        for (int round = 0; round < Rounds; round++)
        {
            if (round % RoundsPerSearch == 0)
                new PointTree(points).Nearest(cells.Length, i => (cells[i].X, cells[i].Y), near, neighbours);
            FillKernel(points, cells, neighbours, kernel, near);
            for (int iteration = 0; iteration < Iterations; iteration++)
            {
                Send(cells, neighbours, kernel, near, scale, received);
                // Halting steps: a point that nothing reaches yet must not outweigh all others at once.
                if (iteration < Iterations - 1)
                    for (int j = 0; j < points.Length; j++)
                        scale[j] *= Math.Clamp(share / received[j].Mass, .2, 5);
            }
            double moved = 0;
            for (int j = 0; j < points.Length; j++)
            {
                if (!(received[j].Mass > 1e-6 * share))
                    continue;
                double x = received[j].X / received[j].Mass, y = received[j].Y / received[j].Mass;
                moved += Math.Max(Math.Abs(x - points[j].X), Math.Abs(y - points[j].Y));
                points[j] = (x, y);
            }
            if (moved < Settled * points.Length)
                break;
        }
    }

    // exp(−d² / ε), with a cell's ε after the spacing around it, and 1 for its nearest point.
    private static void FillKernel((double X, double Y)[] points, Cell[] cells, int[] neighbours, float[] kernel, int near)
    {
        Span<double> distances = stackalloc double[near];
        for (int i = 0; i < cells.Length; i++)
        {
            double least = double.MaxValue, second = double.MaxValue;
            for (int k = 0; k < near; k++)
            {
                (double x, double y) = points[neighbours[i * near + k]];
                double dx = x - cells[i].X, dy = y - cells[i].Y;
                distances[k] = dx * dx + dy * dy;
                second = Math.Min(second, Math.Max(least, distances[k]));
                least = Math.Min(least, distances[k]);
            }
            double blur = Blur * Math.Sqrt((least + CellSpread) * (second + CellSpread));
            for (int k = 0; k < near; k++)
                kernel[i * near + k] = MathF.Exp((float)((least - distances[k]) / blur));
        }
    }

    // Each cell shares its whole mass out among its nearest points.
    private static void Send(Cell[] cells, int[] neighbours, float[] kernel, int near, double[] scale,
        (double Mass, double X, double Y)[] received)
    {
        Array.Clear(received);
        Span<double> weights = stackalloc double[near];
        for (int i = 0; i < cells.Length; i++)
        {
            double sum = 0;
            for (int k = 0; k < near; k++)
                sum += weights[k] = kernel[i * near + k] * scale[neighbours[i * near + k]];
            if (!(sum > 0))
                continue;
            Cell cell = cells[i];
            double perWeight = cell.Mass / sum;
            for (int k = 0; k < near; k++)
            {
                double mass = weights[k] * perWeight;
                ref (double Mass, double X, double Y) point = ref received[neighbours[i * near + k]];
                point = (point.Mass + mass, point.X + mass * cell.X, point.Y + mass * cell.Y);
            }
        }
    }
}
