using HeadCount.Annotations;
using HeadCount.Localization;

namespace HeadCount.Inference;

/// <summary>What a picture shows at one size.</summary>
/// <param name="Width">Columns at that size.</param>
/// <param name="Height">Rows at that size.</param>
/// <param name="Heads">Its heads at a threshold, in pixels of that size, from top to bottom, then from left to right.</param>
/// <param name="DensitySum">The sum of its density, where the model has one.</param>
/// <param name="Density">Its density, where it was kept.</param>
internal sealed record PictureView(
    int Width, int Height, Func<double, IReadOnlyList<HeadPoint>> Heads, double? DensitySum, DensityMap? Density);

/// <summary>
/// A picture at several sizes, each half of the one before: a network knows heads of some sizes only. Of a large picture, what a
/// smaller view shows stands, but for crowds, where the larger one sees better. Below that a glance at the smallest finds
/// people in front of all others.
/// </summary>
internal static class Pyramid
{
    /// <summary>Pixels that the longer side keeps.</summary>
    private const int LeastSide = 800;

    /// <summary>Pixels of the smaller view, each way, that are a crowd or none.</summary>
    internal const int Block = 32;

    /// <summary>Heads in as many pixels of either view that make a crowd: one for 16×16 pixels.</summary>
    private const double Crowd = 4;

    /// <summary>Pixels of the larger view below which heads of both are one.</summary>
    private const double Same = 8;

    /// <summary>Pixels of the larger view around a head of a glance in which no other head may be: about its own size.</summary>
    private const double Apart = 32;

    /// <summary>How many sizes a picture is looked at, its own included, the glance not.</summary>
    internal static int Levels(int width, int height) =>
        1 + Math.Max((int)Math.Log2(Math.Max(width, height) / (double)LeastSide), 0);

    /// <summary>One view of them all, at the size of the first. Its heads at a threshold are those of a lower one that score as
    /// much.</summary>
    /// <param name="views">Each half as large as the one before, rounded up. Where there are more than one they keep their densities in
    /// cells of a size that divides <see cref="Block"/>.</param>
    internal static PictureView Join(IReadOnlyList<PictureView> views) =>
        views.Reverse().Aggregate((smaller, larger) => Join(larger, smaller));

    /// <summary>
    /// What a view shows, and heads of a glance far from all others: it sees a small head badly, and a group as one. Their scores
    /// come down to twice as far from 1, so that it must be sure of them; the density has none of them, and gets them.
    /// </summary>
    /// <param name="view">Of which the heads of scores up to the threshold are known.</param>
    /// <param name="glance">Half as large, rounded up.</param>
    /// <param name="threshold">Score from which a head of the view keeps others away.</param>
    internal static PictureView AddNear(PictureView view, PictureView glance, double threshold)
    {
        var taken = new PointGrid(Apart);
        foreach (HeadPoint head in view.Heads(threshold))
            taken.Add(head.X, head.Y);
        HeadPoint[] near = [.. Twice(glance.Heads(.5), view)
            .Where(head => !taken.AnyNearer(head.X, head.Y))
            .Select(head => head with { Score = 2 * head.Score - 1 })];
        HeadPoint[] counted = [.. near.Where(head => head.Score >= threshold)];
        if (view.Density is DensityMap density)
        {
            foreach (HeadPoint head in counted)
                Spread(head, density);
        }
        return view with
        {
            Heads = at => Sorted(view.Heads(at).Concat(near.Where(head => head.Score >= at))),
            DensitySum = view.DensitySum + counted.Length,
        };
    }

    // One head over the cells around it, about as wide as itself, but not beyond its block: whether that is a crowd must not
    // depend on how fine the cells are.
    private static void Spread(HeadPoint head, DensityMap density)
    {
        (int left, int right) = Cells(head.X, density.Width);
        (int top, int bottom) = Cells(head.Y, density.Height);
        for (int y = top; y <= bottom; y++)
            for (int x = left; x <= right; x++)
                density.Values[y * density.Width + x] += 1f / ((right - left + 1) * (bottom - top + 1));

        (int First, int Last) Cells(double position, int cells)
        {
            int block = (int)position / Block * Block;
            return (Math.Max((int)(position - Apart / 2), block) / density.Stride,
                Math.Min(Math.Min((int)(position + Apart / 2), block + Block - 1) / density.Stride, cells - 1));
        }
    }

    private static PictureView Join(PictureView larger, PictureView smaller)
    {
        DensityMap seen = smaller.Density!, density = larger.Density!;
        int columns = (larger.Width - 1) / (2 * Block) + 1, rows = (larger.Height - 1) / (2 * Block) + 1;
        var crowd = new bool[columns * rows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                crowd[row * columns + column] = Sum(seen, column, row, Block) >= Crowd
                    || Sum(density, column, row, 2 * Block) >= 4 * Crowd;
            }
        }
        var joined = new DensityMap(larger.Width, larger.Height, density.Stride);
        for (int y = 0; y < joined.Height; y++)
        {
            for (int x = 0; x < joined.Width; x++)
            {
                int block = y * joined.Stride / (2 * Block) * columns + x * joined.Stride / (2 * Block);
                joined.Values[y * joined.Width + x] = crowd[block] ? density.Values[y * joined.Width + x] : Share(x, y);
            }
        }
        return new PictureView(larger.Width, larger.Height, Heads, joined.Values.Sum(cell => (double)cell), joined);

        // Of a cell of the smaller view, which lies under four of the larger one, fewer at the border.
        float Share(int x, int y) => seen.Values[y / 2 * seen.Width + x / 2]
            / (Math.Min(joined.Width - x / 2 * 2, 2) * Math.Min(joined.Height - y / 2 * 2, 2));

        bool Crowded(HeadPoint head) => crowd[(int)head.Y / (2 * Block) * columns + (int)head.X / (2 * Block)];

        IReadOnlyList<HeadPoint> Heads(double threshold)
        {
            // From the best down, so that a lower threshold takes none away.
            var heads = new List<HeadPoint>();
            var taken = new PointGrid(Same);
            foreach ((HeadPoint head, int view) in Twice(smaller.Heads(threshold), larger).Where(head => !Crowded(head)).Select(head => (head, 0))
                .Concat(larger.Heads(threshold).Where(Crowded).Select(head => (head, 1)))
                .OrderByDescending(candidate => candidate.head.Score))
            {
                if (taken.AnyNearer(head.X, head.Y, exceptTag: view))
                    continue;
                taken.Add(head.X, head.Y, view);
                heads.Add(head);
            }
            return Sorted(heads);
        }
    }

    private static IEnumerable<HeadPoint> Twice(IEnumerable<HeadPoint> heads, PictureView larger) => heads.Select(head => head with
    {
        X = Pass.Inside(2 * head.X, larger.Width),
        Y = Pass.Inside(2 * head.Y, larger.Height),
    });

    private static List<HeadPoint> Sorted(IEnumerable<HeadPoint> heads) =>
        [.. heads.OrderBy(head => (head.Y, head.X, -head.Score))];

    private static double Sum(DensityMap density, int column, int row, int block)
    {
        int cells = block / density.Stride;
        double sum = 0;
        for (int y = row * cells; y < Math.Min((row + 1) * cells, density.Height); y++)
            for (int x = column * cells; x < Math.Min((column + 1) * cells, density.Width); x++)
                sum += density.Values[y * density.Width + x];
        return sum;
    }
}
