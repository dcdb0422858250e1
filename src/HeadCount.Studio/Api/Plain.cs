namespace HeadCount.Studio.Api;

/// <summary>Messages for people who know nothing of the server's folders, and names that do no harm.</summary>
internal static class Plain
{
    private const int LongestName = 200;

    // What a spreadsheet takes for the start of a formula; and the space that may be left behind it.
    private static readonly char[] s_formula = ['=', '+', '-', '@', ' '];

    /// <summary>The message without the path it begins with.</summary>
    internal static string Message(Exception e, string path)
    {
        string message = e.Message.Replace(path + ": ", "", StringComparison.Ordinal).Replace(path, "the picture", StringComparison.Ordinal);
        return message.Length > 0 ? char.ToUpperInvariant(message[0]) + message[1..] : message;
    }

    /// <summary>
    /// A name that an upload gives, as relative path with forward slashes that leads nowhere else, and that no spreadsheet takes
    /// for a formula; it never becomes a path of this machine, but goes into archives and tables.
    /// </summary>
    internal static string Name(string? given)
    {
        string[] parts = [.. (given ?? "").Replace('\\', '/').Split('/').Select(Part).Where(part => part.Trim('.').Length > 0)];
        // Too long: folders go from the front, then the front of the file's name.
        while (parts.Length > 1 && parts.Sum(part => part.Length + 1) - 1 > LongestName)
            parts = parts[1..];
        string name = string.Join('/', parts);
        if (name.Length > LongestName)
            name = name[^LongestName..];
        if (name.Length > 0 && char.IsLowSurrogate(name[0]))
            name = name[1..];
        name = name.TrimStart(s_formula);
        return name.Trim('.').Length == 0 ? "picture" : name;

        static string Part(string part) => new string([.. WholeCharacters(part).Where(c => !IsHidden(c) && !"<>:\"|?*".Contains(c, StringComparison.Ordinal))])
            .Trim().TrimStart(s_formula);
    }

    /// <summary>Whether text holds characters that are not seen: controls, and marks that turn the reading order.</summary>
    internal static bool HasHidden(string text) => text.Any(IsHidden);

    private static bool IsHidden(char c) => char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';

    // Without halves of surrogate pairs.
    private static string WholeCharacters(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune != System.Text.Rune.ReplacementChar));
}
