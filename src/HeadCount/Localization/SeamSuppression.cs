using HeadCount.Annotations;
using HeadCount.Tiling;

namespace HeadCount.Localization;

/// <summary>Joins the heads of overlapping tiles into those of the picture.</summary>
/// <remarks>
/// A head belongs to the tile whose core holds it. Two tiles may place the same head a fraction of a pixel apart, on
/// either side of the seam between them: both then own it, or neither does. So heads of different tiles nearer than
/// the radius count once, the one with the better score; and a head just beyond its tile's core, within the radius, is
/// kept where no other tile has one near.
/// </remarks>
public sealed class SeamSuppression
{
    private readonly TileGrid _grid;
    private readonly double _radius;
    private readonly List<(HeadPoint Head, int Tile, bool Owned)> _candidates = [];

    /// <summary>Prepares to join the tiles of a grid.</summary>
    /// <param name="grid">The tiles.</param>
    /// <param name="radius">In pixels, at least 0.</param>
    public SeamSuppression(TileGrid grid, double radius)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        _grid = grid;
        _radius = radius;
    }

    /// <summary>Adds a tile's heads, each tile once and in any order.</summary>
    /// <param name="tileIndex">The tile's index in the grid.</param>
    /// <param name="heads">Its heads in pixels of the picture, already suppressed among themselves.</param>
    public void Add(int tileIndex, IEnumerable<HeadPoint> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        PixelRect core = _grid[tileIndex].Core;
        foreach (HeadPoint head in heads)
        {
            bool owned = core.Contains(head.X, head.Y);
            if (owned || Distance(core, head) < _radius)
                _candidates.Add((head, tileIndex, owned));
        }
    }

    /// <summary>The picture's heads from top to bottom, then from left to right; the same whatever the order in which
    /// tiles were added.</summary>
    /// <param name="threshold">Score from which a head takes part, inclusive.</param>
    public List<HeadPoint> Join(double threshold = 0)
    {
        var candidates = _candidates.FindAll(candidate => candidate.Head.Score >= threshold);
        // Owners first: what lies beyond a core only fills gaps.
        candidates.Sort((a, b) =>
        {
            int order = b.Owned.CompareTo(a.Owned);
            if (order == 0)
                order = PeakFinder.BestFirst(a.Head, b.Head);
            return order == 0 ? a.Tile.CompareTo(b.Tile) : order;
        });
        var heads = new List<HeadPoint>(candidates.Count);
        var grid = new PointGrid(_radius);
        foreach ((HeadPoint head, int tile, _) in candidates)
        {
            if (grid.AnyNearer(head.X, head.Y, exceptTag: tile))
                continue;
            grid.Add(head.X, head.Y, tile);
            heads.Add(head);
        }
        heads.Sort((a, b) => (a.Y, a.X, -a.Score).CompareTo((b.Y, b.X, -b.Score)));
        return heads;
    }

    private static double Distance(PixelRect rect, HeadPoint head)
    {
        double dx = Math.Max(Math.Max(rect.X - head.X, head.X - rect.Right), 0);
        double dy = Math.Max(Math.Max(rect.Y - head.Y, head.Y - rect.Bottom), 0);
        return Math.Sqrt(dx * dx + dy * dy);
    }
}
