namespace HeadCount.Localization;

/// <summary>Points in square buckets as wide as a radius, so that those nearer than it are found in constant time.</summary>
internal sealed class PointGrid(double radius)
{
    private readonly Dictionary<(int, int), List<(double X, double Y, int Tag)>> _buckets = [];

    /// <summary>Adds a point; the tag says where it comes from.</summary>
    internal void Add(double x, double y, int tag = 0)
    {
        if (radius <= 0)
            return;
        (int, int) key = (Bucket(x), Bucket(y));
        if (!_buckets.TryGetValue(key, out var bucket))
            _buckets[key] = bucket = [];
        bucket.Add((x, y, tag));
    }

    /// <summary>Whether a point with another tag than <paramref name="exceptTag"/> lies nearer than the radius.</summary>
    internal bool AnyNearer(double x, double y, int exceptTag = -1)
    {
        if (radius <= 0)
            return false;
        foreach (var point in Around(x, y))
        {
            double dx = point.X - x, dy = point.Y - y;
            if (point.Tag != exceptTag && dx * dx + dy * dy < radius * radius)
                return true;
        }
        return false;
    }

    /// <summary>Tags of the points that lie nearer than the radius.</summary>
    internal IEnumerable<int> Nearer(double x, double y) => radius <= 0 ? []
        : Around(x, y).Where(point => (point.X - x) * (point.X - x) + (point.Y - y) * (point.Y - y) < radius * radius)
            .Select(point => point.Tag);

    /// <summary>Points that may lie nearer than the radius: those of the nine buckets around a place.</summary>
    internal IEnumerable<(double X, double Y, int Tag)> Around(double x, double y)
    {
        int column = Bucket(x), row = Bucket(y);
        for (int c = column - 1; c <= column + 1; c++)
        {
            for (int r = row - 1; r <= row + 1; r++)
            {
                if (!_buckets.TryGetValue((c, r), out var bucket))
                    continue;
                foreach (var point in bucket)
                    yield return point;
            }
        }
    }

    private int Bucket(double value) => (int)Math.Floor(value / radius);
}
