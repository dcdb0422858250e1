namespace HeadCount.Annotations;

/// <summary>A rectangle of the upright picture, in pixels, in which heads are not annotated.</summary>
/// <param name="Left">Left edge, inclusive.</param>
/// <param name="Top">Upper edge, inclusive.</param>
/// <param name="Width">Columns, 0 or more.</param>
/// <param name="Height">Rows, 0 or more.</param>
public readonly record struct IgnoredRegion(double Left, double Top, double Width, double Height)
{
    /// <summary>Whether a point stands in it; left and upper edge belong to it, the others do not.</summary>
    public bool Contains(HeadPoint point) =>
        point.X >= Left && point.X < Left + Width && point.Y >= Top && point.Y < Top + Height;
}
