namespace HeadCount.Annotations;

/// <summary>Reads the head points of many pictures from one file of any supported kind.</summary>
public static class PointFile
{
    /// <summary>Reads a file in any of the formats that <see cref="AnnotationFormat.Of"/> recognises.</summary>
    /// <exception cref="AnnotationException">
    /// The file is missing, of no known format, holds no picture or is malformed; the message names file and place.
    /// </exception>
    public static IReadOnlyCollection<PictureHeads> Read(string path)
    {
        IEnumerable<PictureHeads> pictures = AnnotationFormat.Of(path).Read!(path, null);
        var all = pictures as IReadOnlyCollection<PictureHeads> ?? [.. pictures];
        return all.Count > 0 ? all : throw new AnnotationException($"{path}: holds no pictures");
    }
}
