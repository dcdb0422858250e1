using System.Globalization;

namespace HeadCount.Annotations;

/// <summary>
/// A place in an annotation file: the checks of the numbers that stand there and what to say of them.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Where">Line, field or nothing, such as <c>, line 7</c> or <c>, shapes[3].points</c>.</param>
internal readonly record struct AnnotationPlace(string Path, string Where)
{
    /// <summary>Farther from the origin than this no picture reaches, in pixels.</summary>
    internal const double Farthest = 1e7;

    internal static AnnotationPlace Line(string path, int line) => new(path, $", line {line}");

    internal AnnotationException Error(string what) => new($"{Path}{Where}: {what}");

    /// <summary>A head there.</summary>
    internal HeadPoint Point(double x, double y, double score = 1)
    {
        if (!(Math.Abs(x) <= Farthest && Math.Abs(y) <= Farthest))
            throw Error(string.Create(CultureInfo.InvariantCulture,
                $"({x}, {y}) is no position in a picture; correct or remove it"));
        return new HeadPoint(x, y, Score(score));
    }

    /// <summary>A confidence there.</summary>
    internal double Score(double score) => score is >= 0 and <= 1
        ? score
        : throw Error(string.Create(CultureInfo.InvariantCulture, $"score {score}, outside 0..1"));

    /// <summary>A box there, from its left upper corner.</summary>
    internal HeadBox Box(double left, double top, double width, double height)
    {
        if (!(width >= 0 && height >= 0 && width <= Farthest && height <= Farthest))
            throw Error(string.Create(CultureInfo.InvariantCulture, $"a box of {width}×{height} pixels; correct it"));
        Point(left, top);
        return new HeadBox(left, top, width, height);
    }

    internal PictureSize Size(double width, double height) =>
        width is >= 1 and <= Farthest && height is >= 1 and <= Farthest
            ? new PictureSize((int)width, (int)height)
            : throw Error(string.Create(CultureInfo.InvariantCulture, $"a picture of {width}×{height} pixels"));
}
