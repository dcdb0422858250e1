namespace HeadCount.IO;

/// <summary>
/// Orders names as people count: digits by their value (IMG_2 before IMG_10), the rest ordinally and ignoring case;
/// names that agree so far are ordered ordinally, so that the order is total.
/// </summary>
public sealed class NaturalOrder : IComparer<string>
{
    private NaturalOrder() { }

    /// <summary>The order.</summary>
    public static NaturalOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return string.CompareOrdinal(x, y);
        ReadOnlySpan<char> left = x, right = y;
        while (!left.IsEmpty && !right.IsEmpty)
        {
            int order;
            if (char.IsAsciiDigit(left[0]) && char.IsAsciiDigit(right[0]))
            {
                ReadOnlySpan<char> leftNumber = TakeNumber(ref left), rightNumber = TakeNumber(ref right);
                order = leftNumber.Length != rightNumber.Length
                    ? leftNumber.Length.CompareTo(rightNumber.Length)
                    : leftNumber.SequenceCompareTo(rightNumber);
            }
            else
            {
                order = left[..1].CompareTo(right[..1], StringComparison.OrdinalIgnoreCase);
                left = left[1..];
                right = right[1..];
            }
            if (order != 0)
                return order;
        }
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(x, y);
    }

    /// <summary>Takes a run of digits off the front and returns it without leading zeros.</summary>
    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[end..];
        return number.TrimStart('0');
    }
}
