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

/// <summary>Cuts a picture into tiles while it is read, at its size and at halves of it, and holds no more of it than one row
/// of tiles of each size.</summary>
internal static class TileStream
{
    /// <summary>Rows that are read at once.</summary>
    private const int Strip = 64;

    /// <summary>Reads a picture once.</summary>
    /// <param name="picture">Of which nothing has been read.</param>
    /// <param name="grids">The tiles of the picture, of its half, of its quarter and so on; a half rounds up.</param>
    /// <param name="batchSize">Tiles of a batch, at most.</param>
    /// <returns>The tiles of all grids, each grid's in its order, with the index of the grid.</returns>
    /// <exception cref="PictureException">The picture cannot be read, or is too wide.</exception>
    internal static IEnumerable<(int Grid, TileBatch Batch)> Read(Picture picture, IReadOnlyList<TileGrid> grids, int batchSize)
    {
        TileGrid whole = grids[0];
        if (3L * whole.Width * whole.TileHeight > Array.MaxLength)
        {
            throw new PictureException(
                $"{picture.Path}: {whole.Width} columns are too many for tiles of {whole.TileHeight} rows; "
                + "use smaller tiles");
        }
        Band[] bands = [.. grids.Select(grid => new Band(grid))];
        var strip = new byte[3 * whole.Width * Math.Min(Strip, whole.Height)];
        while (picture.NextRow < whole.Height)
        {
            Memory<byte> rows = strip.AsMemory(0, 3 * whole.Width * Math.Min(Strip, whole.Height - picture.NextRow));
            picture.ReadRows(rows.Span);
            foreach ((int, TileBatch) batch in Take(bands, 0, rows, batchSize))
                yield return batch;
        }
    }

    // Rows of a size go into its tiles, and halved into those of the next.
    private static IEnumerable<(int Grid, TileBatch Batch)> Take(Band[] bands, int index, Memory<byte> rows, int batchSize)
    {
        Band band = bands[index];
        if (index + 1 < bands.Length)
        {
            foreach ((int, TileBatch) batch in Take(bands, index + 1, band.Halve(rows.Span), batchSize))
                yield return batch;
        }
        while (!rows.IsEmpty)
        {
            rows = rows[band.Fill(rows.Span)..];
            if (!band.IsFull)
                continue;
            foreach (TileBatch batch in band.Cut(batchSize))
                yield return (index, batch);
            band.Advance();
        }
    }

    /// <summary>The rows of a row of tiles.</summary>
    private sealed class Band(TileGrid grid)
    {
        private readonly int _stride = 3 * grid.Width;
        private readonly byte[] _rows = new byte[3 * grid.Width * grid.TileHeight];
        private int _tileRow, _filled;

        // The last row seen where it waits for the next to be halved with.
        private readonly byte[] _odd = new byte[3 * grid.Width];
        private int _seen;
        private byte[] _halves = [];

        internal bool IsFull => _filled == _rows.Length;

        /// <summary>Takes as many rows as there is room for.</summary>
        /// <returns>Bytes taken.</returns>
        internal int Fill(ReadOnlySpan<byte> rows)
        {
            int taken = Math.Min(rows.Length, _rows.Length - _filled);
            rows[..taken].CopyTo(_rows.AsSpan(_filled));
            _filled += taken;
            return taken;
        }

        /// <summary>The tiles of the row, once it is full.</summary>
        internal IEnumerable<TileBatch> Cut(int batchSize)
        {
            int first = _tileRow * grid.Columns;
            for (int column = 0; column < grid.Columns; column += batchSize)
                yield return Cut(first + column, Math.Min(batchSize, grid.Columns - column));
        }

        private TileBatch Cut(int firstTile, int count)
        {
            int tileRow = 3 * grid.TileWidth, length = checked(count * tileRow * grid.TileHeight);
            byte[] pixels = ArrayPool<byte>.Shared.Rent(length);
            int to = 0;
            for (int i = 0; i < count; i++)
            {
                int left = 3 * grid[firstTile + i].Bounds.X;
                for (int y = 0; y < grid.TileHeight; y++, to += tileRow)
                    _rows.AsSpan(y * _stride + left, tileRow).CopyTo(pixels.AsSpan(to));
            }
            return new TileBatch(firstTile, count, pixels, length);
        }

        /// <summary>Goes on to the next row of tiles: rows that it shares with this one move up.</summary>
        internal void Advance()
        {
            int top = grid[_tileRow++ * grid.Columns].Bounds.Y;
            if (_tileRow == grid.Rows)
                return;
            int unshared = (grid[_tileRow * grid.Columns].Bounds.Y - top) * _stride;
            _filled = Math.Max(_rows.Length - unshared, 0);
            _rows.AsSpan(_rows.Length - _filled).CopyTo(_rows);
        }

        /// <summary>The means of 2×2 pixels of the rows that come, fewer at the right and lower border; good until the next
        /// call.</summary>
        internal Memory<byte> Halve(ReadOnlySpan<byte> rows)
        {
            int count = rows.Length / _stride, width = (grid.Width + 1) / 2;
            Array.Resize(ref _halves, Math.Max(_halves.Length, 3 * width * (count / 2 + 1)));
            int to = 0;
            for (int i = 0; i < count; i++, _seen++)
            {
                ReadOnlySpan<byte> row = rows.Slice(i * _stride, _stride);
                if (_seen % 2 == 0 && _seen != grid.Height - 1)
                {
                    row.CopyTo(_odd);
                    continue;
                }
                Halve(_seen % 2 == 0 ? row : _odd, row, _halves.AsSpan(to, 3 * width));
                to += 3 * width;
            }
            return _halves.AsMemory(0, to);
        }

        private static void Halve(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<byte> into)
        {
            int i = 0;
            for (int from = 0; from + 6 <= upper.Length; from += 6)
            {
                for (int channel = 0; channel < 3; channel++, i++)
                {
                    int at = from + channel;
                    into[i] = (byte)((upper[at] + upper[at + 3] + lower[at] + lower[at + 3] + 2) >> 2);
                }
            }
            for (int at = upper.Length - 3; i < into.Length; at++, i++)
                into[i] = (byte)((upper[at] + lower[at] + 1) >> 1);
        }
    }
}
