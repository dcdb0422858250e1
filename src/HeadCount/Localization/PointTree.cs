namespace HeadCount.Localization;

/// <summary>Points in a k-d tree, so that the nearest few are found without looking at all, however uneven they
/// lie.</summary>
internal sealed class PointTree
{
    // A subtree is a range of the array with its root in the middle; roots split by x and y in turn.
    private readonly (double X, double Y, int Index)[] _nodes;

    internal PointTree(IReadOnlyList<(double X, double Y)> points)
    {
        _nodes = [.. points.Select((point, i) => (point.X, point.Y, i))];
        Build(_nodes, byX: true);
    }

    /// <summary>Finds the nearest points of many places, on all cores.</summary>
    /// <param name="places">Number of places.</param>
    /// <param name="place">Gives a place by its number.</param>
    /// <param name="count">Points that are wanted for each, at most as many as there are.</param>
    /// <param name="nearest">Receives their indices, <paramref name="count"/> for each place, the nearest first.</param>
    internal void Nearest(int places, Func<int, (double X, double Y)> place, int count, int[] nearest) =>
        Parallel.For(0, (places + 1023) / 1024, block =>
        {
            Span<double> distances = stackalloc double[count];
            for (int i = block * 1024; i < Math.Min((block + 1) * 1024, places); i++)
            {
                distances.Fill(double.MaxValue);
                (double x, double y) = place(i);
                Search(_nodes, x, y, byX: true, nearest.AsSpan(i * count, count), distances);
            }
        });

    private static void Build(Span<(double X, double Y, int Index)> nodes, bool byX)
    {
        if (nodes.Length < 2)
            return;
        nodes.Sort(byX
            ? (a, b) => (a.X, a.Y, a.Index).CompareTo((b.X, b.Y, b.Index))
            : (a, b) => (a.Y, a.X, a.Index).CompareTo((b.Y, b.X, b.Index)));
        Build(nodes[..(nodes.Length / 2)], !byX);
        Build(nodes[(nodes.Length / 2 + 1)..], !byX);
    }

    private static void Search(ReadOnlySpan<(double X, double Y, int Index)> nodes, double x, double y, bool byX,
        Span<int> found, Span<double> distances)
    {
        if (nodes.IsEmpty)
            return;
        int middle = nodes.Length / 2;
        (double nodeX, double nodeY, int index) = nodes[middle];
        double dx = nodeX - x, dy = nodeY - y, distance = dx * dx + dy * dy;
        int place = found.Length;
        while (place > 0 && distance < distances[place - 1])
            place--;
        if (place < found.Length)
        {
            found[place..^1].CopyTo(found[(place + 1)..]);
            distances[place..^1].CopyTo(distances[(place + 1)..]);
            (found[place], distances[place]) = (index, distance);
        }
        double beyond = byX ? -dx : -dy;
        ReadOnlySpan<(double X, double Y, int Index)> before = nodes[..middle], after = nodes[(middle + 1)..];
        Search(beyond < 0 ? before : after, x, y, !byX, found, distances);
        if (beyond * beyond < distances[^1])
            Search(beyond < 0 ? after : before, x, y, !byX, found, distances);
    }
}
