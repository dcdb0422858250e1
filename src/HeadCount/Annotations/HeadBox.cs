namespace HeadCount.Annotations;

/// <summary>What a box or point is drawn around, told by its label.</summary>
internal enum BoxKind
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
/// A rectangle around a head or a person, and the rule that turns it into a head point. A head takes about 2/15 of a
/// standing person's height, so its centre is taken a fifteenth of the height below the top of a person's box.
/// </summary>
internal readonly record struct HeadBox(double Left, double Top, double Width, double Height)
{
    /// <summary>
    /// Side in pixels of the square that stands for a point in formats of boxes: points have no size.
    /// </summary>
    internal const double PointSide = 16;

    private static readonly string[] PersonNames = ["person", "people", "pedestrian", "human", "man", "woman"];

    internal static HeadBox Around(HeadPoint point) =>
        new(point.X - PointSide / 2, point.Y - PointSide / 2, PointSide, PointSide);

    /// <summary>The smallest box around points, at least one.</summary>
    internal static HeadBox Bounds(IReadOnlyList<HeadPoint> points)
    {
        double left = points.Min(point => point.X), top = points.Min(point => point.Y);
        return new HeadBox(left, top, points.Max(point => point.X) - left, points.Max(point => point.Y) - top);
    }

    internal HeadPoint Point(BoxKind kind, double score = 1) =>
        new(Left + Width / 2, kind == BoxKind.Person ? Top + Height / 15 : Top + Height / 2, score);

    internal IgnoredRegion Region => new(Left, Top, Width, Height);

    /// <summary>The kind that a label names, whatever its case.</summary>
    internal static BoxKind KindOf(string label)
    {
        if (label.Contains("ignore", StringComparison.OrdinalIgnoreCase))
            return BoxKind.Ignored;
        if (label.Contains("head", StringComparison.OrdinalIgnoreCase)
            || label.Contains("face", StringComparison.OrdinalIgnoreCase))
            return BoxKind.Head;
        return PersonNames.Contains(label.Trim(), StringComparer.OrdinalIgnoreCase) ? BoxKind.Person : BoxKind.Other;
    }
}

/// <summary>
/// Gathers what is drawn in one picture. Points are heads whatever their label, except in ignored regions' labels;
/// boxes go by their label: heads where there are any, otherwise persons.
/// </summary>
internal sealed class DrawnHeads
{
    private readonly List<HeadPoint> _points = [], _heads = [], _persons = [];
    private readonly List<IgnoredRegion> _ignored = [];

    internal void Add(HeadPoint point) => _points.Add(point);

    internal void Ignore(HeadBox box) => _ignored.Add(box.Region);

    internal void Add(string label, HeadBox box, double score = 1)
    {
        BoxKind kind = HeadBox.KindOf(label);
        if (kind == BoxKind.Ignored)
            Ignore(box);
        else if (kind != BoxKind.Other)
            (kind == BoxKind.Head ? _heads : _persons).Add(box.Point(kind, score));
    }

    internal PictureHeads ToPicture(string name, PictureSize? size = null) =>
        new(name, [.. _points, .. _heads.Count > 0 ? _heads : _points.Count > 0 ? [] : _persons])
        {
            Ignored = _ignored,
            Size = size,
        };
}
