namespace HeadCount.Localization;

/// <summary>Cuts a map into rectangles of equal mass, where the density is least, and takes the barycentre of each.
/// </summary>
internal sealed class DensityPartition
{
    /// <summary>Cuts that are tried in each direction.</summary>
    private const int MostTried = 64;

    /// <summary>Heads per cell's width below which a cut crosses nothing worth telling apart.</summary>
    private const double Free = .01;

    private readonly float[] _density;
    private readonly int _columns, _rows;

    /// <summary>Mass above and to the left of each corner of cells.</summary>
    private readonly double[] _sums;

    internal DensityPartition(float[] density, int columns)
    {
        (_density, _columns, _rows) = (density, columns, density.Length / columns);
        _sums = new double[(_columns + 1) * (_rows + 1)];
        for (int row = 0; row < _rows; row++)
        {
            double line = 0;
            for (int column = 0; column < _columns; column++)
            {
                line += Math.Max(density[row * columns + column], 0);
                int corner = (row + 1) * (columns + 1) + column + 1;
                _sums[corner] = _sums[corner - columns - 1] + line;
            }
        }
    }

    /// <summary>The points, in cells of the map.</summary>
    /// <param name="count">At least 1; the map has mass.</param>
    internal (double X, double Y)[] Points(int count)
    {
        var points = new (double X, double Y)[count];
        Fill(points, new Piece(0, 0, _columns, _rows));
        return points;
    }

    private readonly record struct Piece(double Left, double Top, double Right, double Bottom);

    private void Fill(Span<(double X, double Y)> points, Piece piece)
    {
        int count = points.Length;
        if (count == 1)
        {
            points[0] = Barycentre(piece);
            return;
        }
        // The ratio cut: little density crossed for the size of the smaller side, so that pieces stay compact and cuts
        // run between heads, all the more between crowds.
        int tried = Math.Min(count - 1, MostTried);
        (double least, int first, bool upright, double at) = (double.MaxValue, 0, false, 0);
        for (int i = 1; i <= tried; i++)
        {
            int before = (int)((long)i * count / (tried + 1));
            foreach (bool across in (ReadOnlySpan<bool>)[true, false])
            {
                (double position, double crossed) = Cut(piece, (double)before / count, across);
                double ratio = Math.Max(crossed, Free) / Math.Min(before, count - before);
                if (ratio < least)
                    (least, first, upright, at) = (ratio, before, across, position);
            }
        }
        Fill(points[..first], upright ? piece with { Right = at } : piece with { Bottom = at });
        Fill(points[first..], upright ? piece with { Left = at } : piece with { Top = at });
    }

    // Where a share of a piece's mass lies before the cut, and the mass per cell's width that the cut runs through.
    private (double Position, double Crossed) Cut(Piece piece, double share, bool upright)
    {
        (double from, double to) = upright ? (piece.Left, piece.Right) : (piece.Top, piece.Bottom);
        double wanted = share * Mass(piece);
        int low = (int)Math.Floor(from), high = (int)Math.Ceiling(to);
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Before(middle) <= wanted)
                low = middle;
            else
                high = middle;
        }
        double start = Math.Max(low, from), end = Math.Min(high, to);
        double massBefore = Before(start), mass = Before(end) - massBefore;
        double position = mass > 0 ? start + (end - start) * Math.Clamp((wanted - massBefore) / mass, 0, 1) : start;
        return (position, end > start ? mass / (end - start) : double.MaxValue / 2);

        double Before(double cut) => upright
            ? Mass(piece with { Right = Math.Clamp(cut, from, to) })
            : Mass(piece with { Bottom = Math.Clamp(cut, from, to) });
    }

    private double Mass(Piece piece) => Above(piece.Right, piece.Bottom) - Above(piece.Left, piece.Bottom)
        - Above(piece.Right, piece.Top) + Above(piece.Left, piece.Top);

    private double Above(double x, double y)
    {
        int column = Math.Min((int)x, _columns - 1), row = Math.Min((int)y, _rows - 1);
        double right = x - column, down = y - row;
        int corner = row * (_columns + 1) + column, below = corner + _columns + 1;
        return (1 - down) * ((1 - right) * _sums[corner] + right * _sums[corner + 1])
            + down * ((1 - right) * _sums[below] + right * _sums[below + 1]);
    }

    private (double X, double Y) Barycentre(Piece piece)
    {
        double mass = 0, x = 0, y = 0;
        for (int row = (int)piece.Top; row < piece.Bottom; row++)
        {
            double top = Math.Max(row, piece.Top), bottom = Math.Min(row + 1, piece.Bottom);
            for (int column = (int)piece.Left; column < piece.Right; column++)
            {
                double left = Math.Max(column, piece.Left), right = Math.Min(column + 1, piece.Right);
                double inside = Math.Max(_density[row * _columns + column], 0) * (bottom - top) * (right - left);
                mass += inside;
                x += inside * (left + right) / 2;
                y += inside * (top + bottom) / 2;
            }
        }
        return mass > 0 ? (x / mass, y / mass) : ((piece.Left + piece.Right) / 2, (piece.Top + piece.Bottom) / 2);
    }
}
