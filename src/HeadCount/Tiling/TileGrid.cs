namespace HeadCount.Tiling;

/// <summary>
/// Overlapping tiles of one size that cover a picture (the grid of SAHI, https://github.com/obss/sahi): tiles start
/// every size − overlap pixels; one that would pass the edge is shifted back inside, so the last overlap may be larger.
/// A picture smaller than a tile is one smaller tile. Overlaps are cut at their midline into half-open cores.
/// </summary>
public sealed class TileGrid
{
    private readonly int[] _x, _y;
    private readonly int[] _cutsX, _cutsY;

    /// <summary>Lays the grid over a picture.</summary>
    /// <param name="width">The picture's columns, at least 1.</param>
    /// <param name="height">The picture's rows, at least 1.</param>
    /// <param name="size">A tile's side in pixels, at least 1.</param>
    /// <param name="overlap">Pixels that neighbouring tiles share, from 0 to size − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value outside its range.</exception>
    public TileGrid(int width, int height, int size, int overlap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, size);
        Width = width;
        Height = height;
        TileWidth = Math.Min(size, width);
        TileHeight = Math.Min(size, height);
        _x = Starts(width, size, overlap);
        _y = Starts(height, size, overlap);
        _cutsX = Cuts(_x, TileWidth, width);
        _cutsY = Cuts(_y, TileHeight, height);
    }

    /// <summary>The picture's columns.</summary>
    public int Width { get; }

    /// <summary>The picture's rows.</summary>
    public int Height { get; }

    /// <summary>Columns of every tile.</summary>
    public int TileWidth { get; }

    /// <summary>Rows of every tile.</summary>
    public int TileHeight { get; }

    /// <summary>Tiles side by side.</summary>
    public int Columns => _x.Length;

    /// <summary>Tiles one above the other.</summary>
    public int Rows => _y.Length;

    /// <summary>All tiles.</summary>
    public int Count => Columns * Rows;

    /// <summary>The tile at a place in the grid, counted row by row from 0.</summary>
    public Tile this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            (int row, int column) = Math.DivRem(index, Columns);
            int left = _cutsX[column], top = _cutsY[row];
            return new Tile(index, new PixelRect(_x[column], _y[row], TileWidth, TileHeight),
                new PixelRect(left, top, _cutsX[column + 1] - left, _cutsY[row + 1] - top));
        }
    }

    private static int[] Starts(int length, int size, int overlap)
    {
        if (size >= length)
            return [0];
        int step = size - overlap;
        int count = (length - size + step - 1) / step + 1;
        return [.. Enumerable.Range(0, count).Select(i => (int)Math.Min((long)i * step, length - size))];
    }

    // Where the cores begin, and the end of the last.
    private static int[] Cuts(int[] starts, int size, int length) =>
        [0, .. starts.Zip(starts.Skip(1), (start, next) => (int)(((long)start + size + next) / 2)), length];
}
