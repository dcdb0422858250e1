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
/// A picture at several sizes, each half of the one before: a network knows heads up to some size, so that the smaller copies
/// (coarse passes, a third of the time on top) find people near the camera.
/// </summary>
internal static class ScaleFusion
{
    /// <summary>Pixels that the longer side keeps.</summary>
    private const int LeastSide = 96;

    /// <summary>Pixels that the longer side keeps where a picture is counted fast: only photographs of many megapixels get smaller
    /// copies then.</summary>
    private const int LeastSideFast = 800;

    /// <summary>Lowest score, after the penalty, of a head of a coarse pass.</summary>
    private const double LeastScore = 0.2;

    /// <summary>How many sizes a picture is counted at, its own included.</summary>
    internal static int Sizes(int width, int height, bool fast) =>
        1 + Math.Max((int)Math.Log2(Math.Max(width, height) / (double)(fast ? LeastSideFast : LeastSide)), 0);

    /// <summary>Lowest score that a coarse pass must find heads down to.</summary>
    internal static double LowestCoarse(ModelCard card) => 1 - (1 - LeastScore) / card.CoarsePenalty;

    /// <summary>
    /// The heads of all sizes. From the smallest up, a head of a smaller size is added where no head of the larger one stands within
    /// <see cref="ModelCard.CoarseDistance"/>; of heads below the threshold the better counts. What a smaller size finds is less
    /// certain, because it sees a group of small heads as one: its scores end up <see cref="ModelCard.CoarsePenalty"/> times as far
    /// from 1. The heads at a threshold are those of a lower one that score as much. The density is that of the first size and one
    /// for each head that was added.
    /// </summary>
    /// <param name="views">The picture, then its halves, rounded up. Their heads are known down to
    /// <see cref="LowestCoarse"/>.</param>
    /// <param name="card">Of the model; its threshold tells which heads are certain.</param>
    internal static PictureView Merge(IReadOnlyList<PictureView> views, ModelCard card)
    {
        PictureView merged = views[^1];
        for (int i = views.Count - 2; i >= 0; i--)
            merged = Merge(views[i], merged, card, isCoarse: i > 0, smallerIsLast: i == views.Count - 2);
        return merged;
    }

    private static PictureView Merge(PictureView view, PictureView smaller, ModelCard card, bool isCoarse, bool smallerIsLast)
    {
        double threshold = card.Threshold, distance = card.CoarseDistance;
        Func<double, IReadOnlyList<HeadPoint>> heads = isCoarse ? Penalised(view, card) : view.Heads;
        HeadPoint[] all = [.. heads(LeastScore)];
        PointGrid certain = GridOf(all.Where(IsCertain), distance), any = GridOf(all, distance);
        HeadPoint[] added = [.. (smallerIsLast ? Penalised(smaller, card) : smaller.Heads)(LeastScore)
            .Select(head => head with { X = Pass.Inside(2 * head.X, view.Width), Y = Pass.Inside(2 * head.Y, view.Height) })
            .Where(head => !certain.AnyNearer(head.X, head.Y) && !BetterNearer(head, all, any))];
        PointGrid ofAdded = GridOf(added, distance);
        HeadPoint[] counted = [.. added.Where(IsCertain)];
        if (view.Density is DensityMap density)
        {
            foreach (HeadPoint head in counted)
                Spread(head, distance, density);
        }
        return view with
        {
            Heads = at => [.. heads(at).Where(head => IsCertain(head) || !BetterNearer(head, added, ofAdded))
                .Concat(added.Where(head => head.Score >= at))
                .OrderBy(head => (head.Y, head.X, -head.Score))],
            DensitySum = view.DensitySum + counted.Length,
        };

        bool IsCertain(HeadPoint head) => head.Score >= threshold;
    }

    private static Func<double, IReadOnlyList<HeadPoint>> Penalised(PictureView view, ModelCard card)
    {
        HeadPoint[] heads = [.. view.Heads(LowestCoarse(card))
            .Select(head => head with { Score = Math.Max(1 - card.CoarsePenalty * (1 - head.Score), 0) })];
        return at => [.. heads.Where(head => head.Score >= at)];
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

    // A head over the cells around it, about as wide as itself.
    private static void Spread(HeadPoint head, double width, DensityMap density)
    {
        (int left, int right) = Cells(head.X, density.Width);
        (int top, int bottom) = Cells(head.Y, density.Height);
        float each = 1f / ((right - left + 1) * (bottom - top + 1));
        for (int y = top; y <= bottom; y++)
            for (int x = left; x <= right; x++)
                density.Values[y * density.Width + x] += each;

        (int First, int Last) Cells(double position, int cells) =>
            ((int)Math.Max(position - width / 2, 0) / density.Stride, Math.Min((int)(position + width / 2) / density.Stride, cells - 1));
    }
}
