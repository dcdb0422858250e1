using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>Points sorted into square cells of about two points each: finds those within a radius quickly.</summary>
internal sealed class PointIndex
{
    private readonly IReadOnlyList<HeadPoint> _points;
    private readonly double _left, _top, _cell;
    private readonly int _columns, _rows;
    private readonly int[] _starts;
    private readonly int[] _indices;

    internal PointIndex(IReadOnlyList<HeadPoint> points)
    {
        _points = points;
        double right = _left = points.Count > 0 ? points[0].X : 0;
        double bottom = _top = points.Count > 0 ? points[0].Y : 0;
        foreach (HeadPoint point in points)
        {
            RequireFinite(point);
            _left = Math.Min(_left, point.X);
            right = Math.Max(right, point.X);
            _top = Math.Min(_top, point.Y);
            bottom = Math.Max(bottom, point.Y);
        }
        double width = right - _left, height = bottom - _top;
        // At least one cell a side and at most about one a point, also for points on a line.
        double longest = Math.Max(width, height);
        int count = Math.Max(points.Count, 1);
        _cell = Math.Max(Math.Sqrt(2 * width * height / count), longest / count);
        if (_cell == 0)
            _cell = 1;
        _columns = (int)(width / _cell) + 1;
        _rows = (int)(height / _cell) + 1;

        _starts = new int[_columns * _rows + 1];
        int[] cells = new int[points.Count];
        for (int i = 0; i < cells.Length; i++)
            _starts[(cells[i] = Row(points[i].Y) * _columns + Column(points[i].X)) + 1]++;
        for (int cell = 0; cell < _columns * _rows; cell++)
            _starts[cell + 1] += _starts[cell];
        _indices = new int[points.Count];
        int[] next = _starts[..^1];
        for (int i = 0; i < cells.Length; i++)
            _indices[next[cells[i]]++] = i;
    }

    /// <summary>Refuses a point that no distance can be taken from.</summary>
    /// <exception cref="ArgumentException">A coordinate is infinite or no number.</exception>
    internal static void RequireFinite(HeadPoint point)
    {
        if (!double.IsFinite(point.X) || !double.IsFinite(point.Y))
            throw new ArgumentException($"A point stands at ({point.X}, {point.Y}); coordinates must be finite.");
    }

    private int Column(double x) => (int)Math.Clamp((x - _left) / _cell, 0, _columns - 1);

    private int Row(double y) => (int)Math.Clamp((y - _top) / _cell, 0, _rows - 1);

    /// <summary>Adds every point within the radius (inclusive) of (x, y) to the list, in no particular order.</summary>
    internal void Within(double x, double y, double radius, List<Candidate> found)
    {
        int firstColumn = Column(x - radius), lastColumn = Column(x + radius);
        int lastRow = Row(y + radius);
        for (int row = Row(y - radius); row <= lastRow; row++)
        {
            // Cells of a row stand side by side, so their points do too.
            int end = _starts[row * _columns + lastColumn + 1];
            for (int k = _starts[row * _columns + firstColumn]; k < end; k++)
            {
                double squared = SquaredDistance(_indices[k], x, y);
                if (squared <= radius * radius)
                    found.Add(new Candidate(_indices[k], Math.Sqrt(squared)));
            }
        }
    }

    /// <summary>Distance from one of the points to the nearest other one; infinite when it is alone.</summary>
    internal double NearestOther(int index) => Nearest(_points[index].X, _points[index].Y, index);

    /// <summary>Distance from (x, y) to the nearest point; infinite without points.</summary>
    /// <param name="x">Pixels to the right.</param>
    /// <param name="y">Pixels down.</param>
    /// <param name="except">Index of a point that is left out, or -1.</param>
    internal double Nearest(double x, double y, int except = -1)
    {
        int column = Column(x), row = Row(y);
        double nearest = double.PositiveInfinity;
        // Points outside the rings scanned so far are at least (ring - 1) cells away.
        for (int ring = 0; ring <= Math.Max(_columns, _rows); ring++)
        {
            double reach = (ring - 1) * _cell;
            if (ring > 0 && nearest <= reach * reach)
                break;
            for (int r = Math.Max(row - ring, 0); r <= Math.Min(row + ring, _rows - 1); r++)
            {
                bool wholeRow = Math.Abs(r - row) == ring;
                for (int c = column - ring; c <= column + ring; c += wholeRow || ring == 0 ? 1 : 2 * ring)
                {
                    if (c < 0 || c >= _columns)
                        continue;
                    int cell = r * _columns + c;
                    for (int k = _starts[cell]; k < _starts[cell + 1]; k++)
                        if (_indices[k] != except)
                            nearest = Math.Min(nearest, SquaredDistance(_indices[k], x, y));
                }
            }
        }
        return Math.Sqrt(nearest);
    }

    private double SquaredDistance(int index, double x, double y)
    {
        double dx = _points[index].X - x, dy = _points[index].Y - y;
        return dx * dx + dy * dy;
    }
}

/// <summary>A point within reach of another one.</summary>
/// <param name="Index">Index of the point.</param>
/// <param name="Distance">Pixels between the two.</param>
internal readonly record struct Candidate(int Index, double Distance);
