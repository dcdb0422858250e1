using System.Globalization;

namespace HeadCount.Annotations;

/// <summary>A line of numbers.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Values">Its numbers, all finite.</param>
internal readonly record struct NumberRow(AnnotationPlace Place, double[] Values)
{
    /// <summary>Reads numbers separated by white space or commas; decimal commas are refused.</summary>
    internal static NumberRow Parse(AnnotationPlace place, string text)
    {
        if (HasDecimalCommas(text))
            throw place.Error($"'{Short(text.Trim())}' has decimal commas; write 0.5, not 0,5");
        var values = new List<double>();
        for (int start = 0, i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsSeparator(text[i]))
                continue;
            ReadOnlySpan<char> value = text.AsSpan(start, i - start);
            start = i + 1;
            if (value.IsEmpty)
                continue;
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                || !double.IsFinite(number))
                throw place.Error($"'{Short(value)}' is no number");
            values.Add(number);
        }
        return new NumberRow(place, [.. values]);
    }

    private static bool IsSeparator(char letter) => letter == ',' || char.IsWhiteSpace(letter);

    /// <summary>
    /// Whether commas stand between digits of a row whose numbers are separated by white space, as in
    /// <c>0 0,5 0,25</c>; a blank that belongs to a comma, as in <c>1, 2</c>, separates nothing by itself.
    /// </summary>
    private static bool HasDecimalCommas(string text)
    {
        bool blanks = false, commas = false;
        ReadOnlySpan<char> row = text.AsSpan().Trim();
        for (int i = 1; i < row.Length - 1; i++)
        {
            if (row[i] == ',')
                commas |= char.IsAsciiDigit(row[i - 1]) && char.IsAsciiDigit(row[i + 1]);
            else if (char.IsWhiteSpace(row[i]))
                blanks |= char.IsAsciiLetterOrDigit(row[i - 1])
                    && row[i..].TrimStart() is [not ',', ..];
        }
        return blanks && commas;
    }

    private static string Short(ReadOnlySpan<char> text) => text.Length > 40 ? string.Concat(text[..40], "…") : text.ToString();

    internal double this[int index] => Values[index];

    /// <summary>Refuses a row with fewer numbers than its layout has.</summary>
    internal void Require(int count, string layout)
    {
        if (Values.Length < count)
            throw Place.Error($"{Values.Length} numbers; expected '{layout}'");
    }

    internal HeadBox Box(int first) =>
        Place.Box(Values[first], Values[first + 1], Values[first + 2], Values[first + 3]);
}
