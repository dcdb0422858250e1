using System.Globalization;
using System.Text;

namespace HeadCount.Cli;

/// <summary>Text for people: names may hold line ends, escape codes of terminals and marks that turn the reading order.</summary>
internal static class Printable
{
    /// <summary>The text with such characters written out, as <c>\n</c> or <c>\u001b</c>.</summary>
    internal static string Of(string? text)
    {
        if (text is null || !text.Any(IsHidden))
            return text ?? "";
        var shown = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ when IsHidden(c) => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => shown.Append(c),
            };
        }
        return shown.ToString();
    }

    // C0 and C1 controls; embeddings, overrides and isolates of the bidirectional algorithm.
    private static bool IsHidden(char c) => char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}
