using System.Globalization;

namespace HeadCount.Checking;

/// <summary>How many values fall between fixed bounds.</summary>
public sealed class Histogram
{
    private readonly double[] _bounds;
    private readonly long[] _counts;

    /// <summary>Counts values.</summary>
    /// <param name="title">What is counted.</param>
    /// <param name="bounds">Rising bounds; a bin reaches from one, inclusive, to the next, exclusive.</param>
    /// <param name="values">The values; those below the first bound count in the first bin.</param>
    public Histogram(string title, double[] bounds, IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentNullException.ThrowIfNull(values);
        Title = title;
        _bounds = bounds;
        _counts = new long[bounds.Length];
        foreach (double value in values)
        {
            int at = Array.BinarySearch(bounds, value);
            _counts[Math.Max(at >= 0 ? at : ~at - 1, 0)]++;
        }
    }

    /// <summary>What is counted.</summary>
    public string Title { get; }

    /// <summary>
    /// The bins from the first to the last that is not empty, with their names such as <c>10 – 20</c>.
    /// </summary>
    public IReadOnlyList<(string Name, long Count)> Bins
    {
        get
        {
            int first = Array.FindIndex(_counts, count => count > 0);
            int last = Array.FindLastIndex(_counts, count => count > 0);
            return first < 0 ? [] : [.. Enumerable.Range(first, last - first + 1).Select(i => (Name(i), _counts[i]))];
        }
    }

    private string Name(int bin) => bin + 1 < _bounds.Length
        ? string.Create(CultureInfo.InvariantCulture, $"{_bounds[bin]} – {_bounds[bin + 1]}")
        : string.Create(CultureInfo.InvariantCulture, $"{_bounds[bin]} –");
}
