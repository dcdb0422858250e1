namespace HeadCount.Checking;

/// <summary>What may be wrong with a dataset.</summary>
public enum FindingKind
{
    /// <summary>An annotation that cannot be read, or that lists pictures which are not there.</summary>
    BrokenAnnotation,

    /// <summary>Annotations, none of which names heads or persons.</summary>
    NoHeads,

    /// <summary>A picture that cannot be opened.</summary>
    BrokenPicture,

    /// <summary>A picture without annotation.</summary>
    NoAnnotation,

    /// <summary>An annotation file without picture.</summary>
    NoPicture,

    /// <summary>Heads outside the frame.</summary>
    Outside,

    /// <summary>Heads at exactly the same position.</summary>
    Duplicate,

    /// <summary>A picture unlike the others in size, very small or very narrow.</summary>
    OddSize,

    /// <summary>Coordinates that do not look like pixels, or whose origin is in doubt.</summary>
    Coordinates,

    /// <summary>A picture that stands in another list too, perhaps as a copy.</summary>
    NearDuplicate,
}

/// <summary>Something that may be wrong.</summary>
/// <param name="Kind">What.</param>
/// <param name="Where">The picture's name or the file; the dataset where it concerns all of it.</param>
/// <param name="Message">The details in one line.</param>
/// <param name="Count">How many heads or pictures are concerned.</param>
public sealed record Finding(FindingKind Kind, string Where, string Message, int Count = 1)
{
    /// <summary>The kind in words.</summary>
    public static string Title(FindingKind kind) => kind switch
    {
        FindingKind.BrokenAnnotation => "annotations that cannot be used",
        FindingKind.NoHeads => "boxes, but no heads",
        FindingKind.BrokenPicture => "pictures that cannot be opened",
        FindingKind.NoAnnotation => "pictures without annotation",
        FindingKind.NoPicture => "annotations without picture",
        FindingKind.Outside => "heads outside the frame",
        FindingKind.Duplicate => "heads at exactly the same position",
        FindingKind.OddSize => "odd picture sizes",
        FindingKind.Coordinates => "doubtful coordinates",
        _ => "pictures that the other list has too",
    };
}
