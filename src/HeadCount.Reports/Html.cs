using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using HeadCount.Evaluation;

namespace HeadCount.Reports;

/// <summary>Text and numbers as they stand in the page.</summary>
internal static class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Text with the characters that mean something in HTML escaped.</summary>
    internal static string Text(string text) => Encoder.Encode(text);

    /// <summary>A number, or n/a.</summary>
    internal static string Number(double? number, int decimals) => number is double value
        ? value.ToString($"N{decimals}", CultureInfo.InvariantCulture).Replace('-', '−').Replace(",", "\u202f",
            StringComparison.Ordinal)
        : "n/a";

    /// <summary>A whole number.</summary>
    internal static string Number(long number) => Number(number, 0);

    /// <summary>A number with its interval: <c>4.2 (3.9–4.6)</c>.</summary>
    internal static string Number(Interval? interval, int decimals) => interval is Interval i
        ? $"{Number(i.Value, decimals)} <small>({Range(i, decimals)})</small>"
        : "n/a";

    /// <summary>The ends of an interval.</summary>
    internal static string Range(Interval interval, int decimals) =>
        $"{Number(interval.Low, decimals)} … {Number(interval.High, decimals)}";
}
