namespace HeadCount.Annotations;

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

    internal static HeadBox Around(HeadPoint point) =>
        new(point.X - PointSide / 2, point.Y - PointSide / 2, PointSide, PointSide);

    /// <summary>The smallest box around points, at least one.</summary>
    internal static HeadBox Bounds(IReadOnlyList<HeadPoint> points)
    {
        double left = points.Min(point => point.X), top = points.Min(point => point.Y);
        return new HeadBox(left, top, points.Max(point => point.X) - left, points.Max(point => point.Y) - top);
    }

    /// <summary>The smallest upright box around this one after a turn.</summary>
    /// <param name="degrees">Clockwise.</param>
    /// <param name="pivotX">What stays where it is, right.</param>
    /// <param name="pivotY">What stays where it is, down.</param>
    internal HeadBox Turned(double degrees, double pivotX, double pivotY)
    {
        if (degrees % 360 == 0)
            return this;
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);
        double right = Left + Width, bottom = Top + Height;
        return Bounds([Turn(Left, Top), Turn(right, Top), Turn(right, bottom), Turn(Left, bottom)]);

        HeadPoint Turn(double x, double y) => new(pivotX + (x - pivotX) * cos - (y - pivotY) * sin,
            pivotY + (x - pivotX) * sin + (y - pivotY) * cos);
    }

    /// <summary>The smallest upright box around this one after a turn clockwise about its centre.</summary>
    internal HeadBox Turned(double degrees) => Turned(degrees, Left + Width / 2, Top + Height / 2);

    internal HeadPoint Point(LabelKind kind, double score = 1) =>
        new(Left + Width / 2, kind == LabelKind.Person ? Top + Height / 15 : Top + Height / 2, score);

    internal IgnoredRegion Region => new(Left, Top, Width, Height);
}
