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
/// A picture at several sizes, each half of the one before: a network knows heads of some sizes only, and takes parts of larger ones
/// for heads. Of a large picture, what a smaller view shows stands, but for crowds, where the larger one sees better. Below that,
/// glances find people in front of all others, and make doubtful what they do not see.
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

    /// <summary>Pixels that the longer side keeps in a glance.</summary>
    private const int LeastGlance = 96;

    /// <summary>Lowest score of a head of a glance.</summary>
    internal const double LeastSeen = Consensus.Unseen;

    /// <summary>Pixels of the larger view within which a head of a glance is the same.</summary>
    private const double Seen = 16;

    /// <summary>Pixels around a head, and heads in them that make a crowd, whose heads are too small for a glance.</summary>
    private const double Around = 48;
    private const int CrowdAround = 17;

    /// <summary>How much further from 1 a score comes down for a head that no glance sees, where no other head is seen either.</summary>
    private const double Doubt = 6;

    /// <summary>Pixels of the larger view around a head of a glance in which no other head may be: about its own size.</summary>
    private const double Apart = 32;

    /// <summary>How many sizes a picture is looked at, its own included, the glance not.</summary>
    internal static int Levels(int width, int height) =>
        1 + Math.Max((int)Math.Log2(Math.Max(width, height) / (double)LeastSide), 0);

    /// <summary>How many glances a picture of this size gets below that, each at half the size of what comes before.</summary>
    internal static int Glances(int width, int height) =>
        Math.Max((int)Math.Log2(Math.Max(width, height) / (double)LeastGlance), 0) - (Levels(width, height) - 1);

    /// <summary>One view of them all, at the size of the first. Its heads at a threshold are those of a lower one that score as
    /// much.</summary>
    /// <param name="views">Each half as large as the one before, rounded up. Where there are more than one they keep their densities in
    /// cells of a size that divides <see cref="Block"/>.</param>
    internal static PictureView Join(IReadOnlyList<PictureView> views) =>
        views.Reverse().Aggregate((smaller, larger) => Join(larger, smaller));

    /// <summary>
    /// The first view in the light of glances, each half as large as what comes before, rounded up.
    /// </summary>
    /// <remarks>
    /// A head outside crowds that the glance does not see at all is doubtful, the more so the more of the picture's heads are: seen
    /// from near, skin and cloth are full of such heads, while of people far off a glance sees most. Its score comes down to 1 + 6·d
    /// times as far from 1, d being the share of such heads. A head of the glance far from all others counts too, with a score 2 − d
    /// times as far from 1: it sees a small head badly, and a group as one. (Of heads below the threshold the
    /// better of two that near counts.) The density, which sees what the view sees, makes way for the heads by as much, and gets those
    /// of the glance.
    /// </remarks>
    /// <param name="views">The view, then the glances. Heads of scores down to <paramref name="threshold"/> and, of glances,
    /// <see cref="LeastSeen"/> are known.</param>
    /// <param name="threshold">Score from which a head is one, for the others' sake.</param>
    internal static PictureView Reconcile(IReadOnlyList<PictureView> views, double threshold)
    {
        PictureView result = views[^1];
        for (int i = views.Count - 2; i >= 0; i--)
            result = Reconcile(views[i], views[i + 1], result, threshold);
        return result;
    }

    // The glance as it is says which heads can be seen, and reconciled with those below it which there are.
    private static PictureView Reconcile(PictureView view, PictureView glance, PictureView reconciled, double threshold)
    {
        PointGrid seen = GridOf(Twice(glance.Heads(LeastSeen), view), Seen);
        IReadOnlyList<HeadPoint> heads = view.Heads(threshold);
        PointGrid around = GridOf(heads, Around);
        int unseen = heads.Count(IsUnseen);
        double doubt = heads.Count == 0 ? 1 : (double)unseen / heads.Count;

        HeadPoint[] all = [.. view.Heads(LeastSeen).Select(Doubted)], kept = [.. all.Where(IsHead)];
        PointGrid taken = GridOf(kept, Apart), aroundAll = GridOf(all, Apart);
        HeadPoint[] near = [.. Twice(reconciled.Heads(LeastSeen), view)
            .Where(head => !taken.AnyNearer(head.X, head.Y))
            .Select(head => Lowered(head, 2 - doubt))
            .Where(head => !BetterNearer(head, all, aroundAll))];
        PointGrid aroundNear = GridOf(near, Apart);
        HeadPoint[] counted = [.. near.Where(IsHead)];
        // Of a density that sees more than the heads, they can make less doubtful.
        double disbelief = unseen / Math.Max(Math.Max(heads.Count, view.DensitySum ?? 0), 1);
        double? sum = (1 - disbelief) * view.DensitySum + disbelief * kept.Length + counted.Length;
        if (view.Density is DensityMap density)
        {
            for (int i = 0; i < density.Values.Length; i++)
                density.Values[i] *= (float)(1 - disbelief);
            foreach (HeadPoint head in kept)
                Spread(head, disbelief, density);
            foreach (HeadPoint head in counted)
                Spread(head, 1, density);
        }
        return view with
        {
            Heads = at => Sorted(view.Heads(at).Select(Doubted).Where(head => IsHead(head) || !BetterNearer(head, near, aroundNear))
                .Concat(near).Where(head => head.Score >= at)),
            DensitySum = sum,
        };

        bool IsHead(HeadPoint head) => head.Score >= threshold;

        bool IsUnseen(HeadPoint head) => !seen.AnyNearer(head.X, head.Y) && around.Nearer(head.X, head.Y).Count() < CrowdAround;

        HeadPoint Doubted(HeadPoint head) => IsUnseen(head) ? Lowered(head, 1 + Doubt * doubt) : head;
    }

    // Each has its place among the heads as its tag.
    private static PointGrid GridOf(IEnumerable<HeadPoint> heads, double radius)
    {
        var grid = new PointGrid(radius);
        foreach ((int i, HeadPoint head) in heads.Index())
            grid.Add(head.X, head.Y, i);
        return grid;
    }

    private static bool BetterNearer(HeadPoint head, HeadPoint[] others, PointGrid grid) =>
        grid.Nearer(head.X, head.Y).Any(i => others[i].Score > head.Score);

    private static HeadPoint Lowered(HeadPoint head, double times) =>
        head with { Score = Math.Max(1 - times * (1 - head.Score), 0) };

    // A head, or a share of one, over the cells around it, about as wide as itself, but not beyond its block: whether that is a
    // crowd must not depend on how fine the cells are.
    private static void Spread(HeadPoint head, double share, DensityMap density)
    {
        (int left, int right) = Cells(head.X, density.Width);
        (int top, int bottom) = Cells(head.Y, density.Height);
        for (int y = top; y <= bottom; y++)
            for (int x = left; x <= right; x++)
                density.Values[y * density.Width + x] += (float)(share / ((right - left + 1) * (bottom - top + 1)));

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
