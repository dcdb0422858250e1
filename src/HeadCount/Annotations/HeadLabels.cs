using System.Collections.Frozen;

namespace HeadCount.Annotations;

/// <summary>What a label says that a box or point is drawn around.</summary>
public enum LabelKind
{
    /// <summary>Neither a head nor a person.</summary>
    Other,

    /// <summary>A head or face: its centre is the head point.</summary>
    Head,

    /// <summary>A whole person: the head point lies near the top.</summary>
    Person,

    /// <summary>A region whose heads are not annotated.</summary>
    Ignored,
}

/// <summary>
/// Tells what a label means. Labels are cut into words at whatever is no letter and at capitals (<c>headTop</c>), and
/// whole words are compared, singular and plural: <see cref="IgnoreWords"/>, then <see cref="HeadWords"/>, then
/// <see cref="PersonWords"/>. A word behind <c>no</c>, <c>not</c>, <c>non</c> or <c>without</c> does not count, nor does
/// one before a thing that is named after it (head light, baby stroller, pedestrian crossing).
/// </summary>
public sealed class HeadLabels
{
    private static readonly FrozenSet<string> Head = Words("head heads face faces");
    private static readonly FrozenSet<string> Person = Words("person persons people peoples pedestrian pedestrians "
        + "human humans man men woman women child children kid kids boy boys girl girls adult adults baby babies "
        + "rider riders cyclist cyclists bicyclist bicyclists motorcyclist motorcyclists passenger passengers");
    private static readonly FrozenSet<string> Ignore = Words("ignore ignored dontcare");
    private static readonly FrozenSet<string> Negations = Words("no not non without");
    private static readonly FrozenSet<string> Things = Words("light lights lamp lamps set sets phone phones rest rests "
        + "gear board boards band bands wear scarf scarves shield shields crossing crossings area areas lane lanes zone "
        + "zones bridge bridges sign signs signal signals stroller strollers seat seats carriage carriages chair chairs "
        + "bag bags cover covers");

    private readonly Dictionary<string, LabelKind>? _asked;

    private HeadLabels(Dictionary<string, LabelKind>? asked) => _asked = asked;

    /// <summary>The rule for labels that nobody has named.</summary>
    public static HeadLabels Default { get; } = new(null);

    /// <summary>Words that name heads.</summary>
    public static IEnumerable<string> HeadWords => Head;

    /// <summary>Words that name persons.</summary>
    public static IEnumerable<string> PersonWords => Person;

    /// <summary>Words that name regions without annotations.</summary>
    public static IEnumerable<string> IgnoreWords => Ignore;

    /// <summary>
    /// The labels that someone asks for, and no others: <c>NAME</c>, or <c>NAME=head</c>, <c>NAME=person</c> and
    /// <c>NAME=ignore</c>. A name alone means what <see cref="Default"/> says, or heads where that does not know it.
    /// Case does not matter.
    /// </summary>
    /// <exception cref="ArgumentException">A name is empty or comes twice.</exception>
    public static HeadLabels Of(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var asked = new Dictionary<string, LabelKind>(StringComparer.OrdinalIgnoreCase);
        foreach (string given in names)
        {
            (string name, LabelKind? kind) = Cut(given);
            if (name.Length == 0)
                throw new ArgumentException($"'{given}' names no label");
            if (!asked.TryAdd(name, kind ?? (Default.KindOf(name) is not LabelKind.Other and var known ? known : LabelKind.Head)))
                throw new ArgumentException($"label '{name}' is given twice");
        }
        return new HeadLabels(asked.Count > 0 ? asked : null);

        static (string, LabelKind?) Cut(string given)
        {
            int at = given.LastIndexOf('=');
            LabelKind? kind = at < 0 ? null : given[(at + 1)..].Trim().ToUpperInvariant() switch
            {
                "HEAD" => LabelKind.Head,
                "PERSON" => LabelKind.Person,
                "IGNORE" => LabelKind.Ignored,
                _ => null,
            };
            return (kind is null ? given.Trim() : given[..at].Trim(), kind);
        }
    }

    /// <summary>Whether someone has said which labels are meant.</summary>
    public bool AreAsked => _asked is not null;

    /// <summary>What a label means.</summary>
    public LabelKind KindOf(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (_asked is not null)
            return _asked.GetValueOrDefault(label.Trim());
        List<string> words = Cut(label);
        return words.Any(Ignore.Contains) || words.Zip(words.Skip(1)).Any(pair => pair is ("dont" or "don", "care") or ("t", "care"))
            ? LabelKind.Ignored
            : Names(words, Head) ? LabelKind.Head
            : Names(words, Person) ? LabelKind.Person
            : LabelKind.Other;
    }

    private static bool Names(List<string> words, FrozenSet<string> names)
    {
        for (int i = 0; i < words.Count; i++)
            if (names.Contains(words[i])
                && (i == 0 || !Negations.Contains(words[i - 1]))
                && (i + 1 == words.Count || !Things.Contains(words[i + 1])))
                return true;
        return false;
    }

    private static List<string> Cut(string label)
    {
        var words = new List<string>();
        int start = 0;
        for (int i = 0; i <= label.Length; i++)
        {
            bool inside = i < label.Length && char.IsLetter(label[i]);
            bool capital = inside && i > start && char.IsUpper(label[i]) && char.IsLower(label[i - 1]);
            if (inside && !capital)
                continue;
            if (i > start)
                words.Add(label[start..i].ToLowerInvariant());
            start = capital ? i : i + 1;
        }
        return words;
    }

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet();
}
