using HeadCount.Annotations;
using HeadCount.Tiling;

namespace HeadCount.Inference;

/// <summary>Heads per cell over a whole picture; cells are squares of <see cref="Stride"/> pixels from the upper left
/// corner on, those at the right and lower border may reach beyond it.</summary>
public sealed class DensityMap
{
    internal DensityMap(int pictureWidth, int pictureHeight, int stride)
    {
        PictureWidth = pictureWidth;
        PictureHeight = pictureHeight;
        Stride = stride;
        Width = (pictureWidth + stride - 1) / stride;
        Height = (pictureHeight + stride - 1) / stride;
        Values = new float[checked(Width * Height)];
    }

    /// <summary>Columns of the picture.</summary>
    public int PictureWidth { get; }

    /// <summary>Rows of the picture.</summary>
    public int PictureHeight { get; }

    /// <summary>Pixels a cell is wide and high.</summary>
    public int Stride { get; }

    /// <summary>Columns of cells.</summary>
    public int Width { get; }

    /// <summary>Rows of cells.</summary>
    public int Height { get; }

    /// <summary>Heads per cell, row after row; the sum is the count.</summary>
    public float[] Values { get; }

    /// <summary>The sum outside of some regions: a cell that they cover in part counts with the share of its pixels
    /// whose centre stands in none of them.</summary>
    public double SumWithout(IReadOnlyCollection<IgnoredRegion> regions)
    {
        ArgumentNullException.ThrowIfNull(regions);
        double sum = 0;
        for (int row = 0; row < Height; row++)
            for (int column = 0; column < Width; column++)
                sum += Values[row * Width + column] * ShareOutside(column * Stride, row * Stride, regions);
        return sum;
    }

    private double ShareOutside(int left, int top, IReadOnlyCollection<IgnoredRegion> regions)
    {
        int right = Math.Min(left + Stride, PictureWidth), bottom = Math.Min(top + Stride, PictureHeight);
        IgnoredRegion[] near = [.. regions.Where(region => region.Left < right && region.Left + region.Width > left
            && region.Top < bottom && region.Top + region.Height > top)];
        if (near.Length == 0)
            return 1;
        int outside = 0;
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                var centre = new HeadPoint(x + .5, y + .5);
                if (!near.Any(region => region.Contains(centre)))
                    outside++;
            }
        }
        return (double)outside / ((right - left) * (bottom - top));
    }

    /// <summary>Sums a tile's density over the tile's core; a cell that the core's edge cuts counts with the share of
    /// its area inside, so cores together give the picture's sum.</summary>
    /// <param name="density">The tile's map.</param>
    /// <param name="gain">What it is multiplied by.</param>
    /// <param name="pitch">Cells from one of its rows to the next.</param>
    /// <param name="stride">Pixels a cell is wide and high.</param>
    /// <param name="tile">Where the tile lies.</param>
    /// <param name="into">A map of the picture to add the same shares to, or null.</param>
    internal static double AddCore(ReadOnlySpan<float> density, double gain, int pitch, int stride, Tile tile, DensityMap? into)
    {
        double sum = 0;
        PixelRect core = tile.Core;
        (int firstRow, int endRow) = Cells(core.Y - tile.Bounds.Y, core.Bottom - tile.Bounds.Y, stride);
        (int firstColumn, int endColumn) = Cells(core.X - tile.Bounds.X, core.Right - tile.Bounds.X, stride);
        double area = (double)stride * stride;
        for (int row = firstRow; row < endRow; row++)
        {
            int top = Math.Max(tile.Bounds.Y + row * stride, core.Y);
            int bottom = Math.Min(tile.Bounds.Y + (row + 1) * stride, core.Bottom);
            for (int column = firstColumn; column < endColumn; column++)
            {
                int left = Math.Max(tile.Bounds.X + column * stride, core.X);
                int right = Math.Min(tile.Bounds.X + (column + 1) * stride, core.Right);
                double perPixel = gain * density[row * pitch + column] / area;
                sum += perPixel * (bottom - top) * (right - left);
                into?.Spread(perPixel, left, top, right, bottom);
            }
        }
        return sum;
    }

    // The cells that a range of pixels touches.
    private static (int First, int End) Cells(int from, int to, int stride) => (from / stride, (to + stride - 1) / stride);

    // A tile need not begin where a cell of the picture's map does: up to four of them take their share.
    private void Spread(double perPixel, int left, int top, int right, int bottom)
    {
        for (int row = top / Stride; row * Stride < bottom; row++)
        {
            int height = Math.Min(bottom, (row + 1) * Stride) - Math.Max(top, row * Stride);
            for (int column = left / Stride; column * Stride < right; column++)
            {
                int width = Math.Min(right, (column + 1) * Stride) - Math.Max(left, column * Stride);
                Values[row * Width + column] += (float)(perPixel * height * width);
            }
        }
    }
}
