namespace HeadCount.Annotations;

/// <summary>The heads of one picture as an annotation file holds them.</summary>
/// <param name="Name">The picture as the file names it: a path with forward slashes, or a number.</param>
/// <param name="Heads">Head points in the coordinates of the upright picture; some may lie outside its frame.</param>
public sealed record PictureHeads(string Name, IReadOnlyList<HeadPoint> Heads)
{
    /// <summary>Matching radii, one a head, where the file states them (truth of NWPU-Crowd); otherwise null.</summary>
    public IReadOnlyList<HeadSigma>? Sigmas { get; init; }

    /// <summary>Where heads are not annotated: what stands there counts neither as found nor as missed.</summary>
    public IReadOnlyList<IgnoredRegion> Ignored { get; init; } = [];

    /// <summary>Width and height of the upright picture in pixels, where they are known.</summary>
    public PictureSize? Size { get; init; }

    /// <summary>The picture's number in the file, by which detectors' results name it (COCO); otherwise null.</summary>
    public string? Id { get; init; }

    /// <summary>The size, for a format that needs it.</summary>
    internal PictureSize RequireSize() => Size ?? throw new AnnotationException(
        $"{Name}: the picture's size is needed and not known; say where the pictures are");
}

/// <summary>Width and height of a picture.</summary>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
public readonly record struct PictureSize(int Width, int Height);

/// <summary>
/// How far from a true head a detection may lie, from the head's box of w × h pixels, as NWPU-Crowd defines it.
/// </summary>
/// <param name="Small">σs = ⌊min(w, h) / 2⌋ pixels.</param>
/// <param name="Large">σl = ⌊√(w² + h²) / 2⌋ pixels.</param>
public readonly record struct HeadSigma(double Small, double Large)
{
    /// <summary>The radii of a box.</summary>
    /// <param name="width">Its width in pixels, 0 or more.</param>
    /// <param name="height">Its height in pixels, 0 or more.</param>
    public static HeadSigma OfBox(double width, double height) => new(
        Math.Floor(Math.Min(width, height) / 2), Math.Floor(Math.Sqrt(width * width + height * height) / 2));
}
