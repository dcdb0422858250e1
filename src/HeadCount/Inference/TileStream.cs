using System.Buffers;
using HeadCount.Imaging;
using HeadCount.Tiling;

namespace HeadCount.Inference;

/// <summary>Tiles of one picture on their way to the network: the pixels of one or more, one after the other, in a
/// rented buffer.</summary>
internal sealed record TileBatch(int FirstTile, int Count, byte[] Buffer, int Length)
{
    internal Memory<byte> Pixels => Buffer.AsMemory(0, Length);

    internal void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}

/// <summary>Cuts a picture into tiles while it is read, and holds no more of it than one row of tiles.</summary>
internal static class TileStream
{
    internal static IEnumerable<TileBatch> Read(Picture picture, TileGrid grid, int batchSize)
    {
        if (3L * grid.Width * grid.TileHeight > Array.MaxLength)
        {
            throw new PictureException(
                $"{picture.Path}: {grid.Width} columns are too many for tiles of {grid.TileHeight} rows; "
                + "use smaller tiles");
        }
        int rowBytes = 3 * grid.Width;
        var band = new byte[rowBytes * grid.TileHeight];
        int bandTop = 0, filled = 0;
        for (int row = 0; row < grid.Rows; row++)
        {
            int first = row * grid.Columns;
            // Rows that the tiles above share with these move up; the others are read.
            int top = grid[first].Bounds.Y;
            int shared = Math.Max(bandTop + filled - top, 0);
            band.AsSpan((filled - shared) * rowBytes, shared * rowBytes).CopyTo(band);
            picture.ReadRows(band.AsSpan(shared * rowBytes));
            (bandTop, filled) = (top, grid.TileHeight);
            for (int column = 0; column < grid.Columns; column += batchSize)
                yield return Cut(band, rowBytes, grid, first + column, Math.Min(batchSize, grid.Columns - column));
        }
    }

    private static TileBatch Cut(byte[] band, int rowBytes, TileGrid grid, int firstTile, int count)
    {
        int tileRow = 3 * grid.TileWidth, length = checked(count * tileRow * grid.TileHeight);
        byte[] pixels = ArrayPool<byte>.Shared.Rent(length);
        int to = 0;
        for (int i = 0; i < count; i++)
        {
            int left = 3 * grid[firstTile + i].Bounds.X;
            for (int y = 0; y < grid.TileHeight; y++, to += tileRow)
                band.AsSpan(y * rowBytes + left, tileRow).CopyTo(pixels.AsSpan(to));
        }
        return new TileBatch(firstTile, count, pixels, length);
    }
}
