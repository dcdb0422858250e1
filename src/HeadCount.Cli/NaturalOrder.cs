namespace HeadCount.Cli;

/// <summary>Orders names as people do: numbers in them by value, so IMG_9 comes before IMG_10.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    internal static readonly NaturalOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            int digitsA = Digits(a), digitsB = Digits(b);
            int order;
            if (digitsA > 0 && digitsB > 0)
            {
                ReadOnlySpan<char> numberA = a[..digitsA].TrimStart('0'), numberB = b[..digitsB].TrimStart('0');
                order = numberA.Length.CompareTo(numberB.Length);
                if (order == 0)
                    order = numberA.SequenceCompareTo(numberB);
                a = a[digitsA..];
                b = b[digitsB..];
            }
            else
            {
                order = char.ToUpperInvariant(a[0]).CompareTo(char.ToUpperInvariant(b[0]));
                a = a[1..];
                b = b[1..];
            }
            if (order != 0)
                return order;
        }
        int byLength = a.Length.CompareTo(b.Length);
        return byLength != 0 ? byLength : string.CompareOrdinal(x, y);
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
            count++;
        return count;
    }
}
