using System.Globalization;

namespace HeadCount.Annotations;

/// <summary>A line of numbers.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Values">Its numbers, all finite.</param>
internal readonly record struct NumberRow(AnnotationPlace Place, double[] Values)
{
    internal static NumberRow Parse(AnnotationPlace place, string text)
    {
        var values = new List<double>();
        ReadOnlySpan<char> row = text.AsSpan().Trim();
        foreach (Range range in row.SplitAny(' ', '\t', ','))
        {
            ReadOnlySpan<char> value = row[range].Trim();
            if (value.IsEmpty)
                continue;
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                || !double.IsFinite(number))
                throw place.Error($"'{(value.Length > 40 ? value[..40] : value)}' is no number");
            values.Add(number);
        }
        return new NumberRow(place, [.. values]);
    }

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
