using System.Globalization;

namespace HeadCount.Annotations;

/// <summary>What a reader says of annotations that it did not take as they stand.</summary>
public enum NoteKind
{
    /// <summary>Left out, because the label names neither a head nor a person.</summary>
    UnknownLabel,

    /// <summary>Left out for another reason.</summary>
    LeftOut,

    /// <summary>Taken, but by a guess.</summary>
    Guessed,
}

/// <summary>What was left out or guessed while annotations were read, in one line.</summary>
/// <param name="Kind">Whether it was left out or guessed.</param>
/// <param name="What">What and why.</param>
/// <param name="Count">How many annotations are concerned.</param>
/// <param name="Details">The labels or places, the most frequent first, with their counts.</param>
public sealed record ReadingNote(
    NoteKind Kind, string What, long Count, IReadOnlyList<(string Text, long Count)> Details)
{
    private const int MostDetails = 8;

    /// <summary>The note as a line.</summary>
    public override string ToString()
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{What}: {Count}");
        if (Details.Count == 0)
            return line;
        var shown = Details.Take(MostDetails).Select(detail =>
            string.Create(CultureInfo.InvariantCulture, $"{detail.Text} {detail.Count}"));
        return $"{line} ({string.Join(", ", shown)}{(Details.Count > MostDetails ? ", …" : "")})";
    }
}

/// <summary>
/// One reading of annotation files: which labels are meant, and the notes on all that was left out or guessed. What a
/// reader returns neither as a head nor as an ignored region is counted in them. Not for several threads at a time.
/// </summary>
/// <param name="labels">The labels that are meant; null for those of <see cref="HeadLabels.Default"/>.</param>
public sealed class AnnotationReading(HeadLabels? labels = null)
{
    private const int LongestDetail = 60;

    private readonly Dictionary<(NoteKind Kind, string What), Dictionary<string, long>> _notes = [];

    private readonly Dictionary<(Type Kind, string Folder), object> _found = [];

    /// <summary>The labels that are meant.</summary>
    public HeadLabels Labels { get; } = labels ?? HeadLabels.Default;

    /// <summary>What was left out or guessed so far, by kind.</summary>
    public IReadOnlyList<ReadingNote> Notes =>
    [
        .. _notes.OrderBy(note => note.Key.Kind).Select(note => new ReadingNote(note.Key.Kind, note.Key.What,
            note.Value.Values.Sum(), [.. note.Value.Where(detail => detail.Key.Length > 0)
                .OrderByDescending(detail => detail.Value).ThenBy(detail => detail.Key, StringComparer.Ordinal)
                .Select(detail => (detail.Key, detail.Value))])),
    ];

    /// <summary>How many annotations were left out so far.</summary>
    public long LeftOut => _notes.Where(note => note.Key.Kind != NoteKind.Guessed).Sum(note => note.Value.Values.Sum());

    /// <summary>What was found for a folder the first time that it was looked for.</summary>
    internal T Once<T>(string folder, Func<string, T> find) where T : class
    {
        if (!_found.TryGetValue((typeof(T), folder), out object? found))
            _found.Add((typeof(T), folder), found = find(folder));
        return (T)found;
    }

    /// <summary>Notes that annotations were left out because of their label.</summary>
    internal void UnknownLabel(string what, string label, long count = 1)
    {
        string detail = label.Trim().Length > 0 ? label : "without label";
        if (Labels.AreAsked)
            Omit($"{what} left out, as other labels are asked for", detail, count);
        else
            Add(NoteKind.UnknownLabel, $"{what} left out, as their labels name neither heads nor persons", detail, count);
    }

    /// <summary>Notes that annotations were left out for a reason.</summary>
    internal void Omit(string what, string detail = "", long count = 1) => Add(NoteKind.LeftOut, what, detail, count);

    /// <summary>Notes a guess.</summary>
    internal void Guess(string what, string detail = "", long count = 1) => Add(NoteKind.Guessed, what, detail, count);

    private void Add(NoteKind kind, string what, string detail, long count)
    {
        if (count == 0)
            return;
        detail = detail.Trim();
        if (detail.Length > LongestDetail)
            detail = detail[..LongestDetail] + "…";
        if (!_notes.TryGetValue((kind, what), out Dictionary<string, long>? details))
            _notes.Add((kind, what), details = []);
        details[detail] = details.GetValueOrDefault(detail) + count;
    }
}
