namespace HeadCount.Annotations;

/// <summary>Reads the head points of many pictures from one file of any supported kind.</summary>
public static class PointFile
{
    /// <summary>Reads a file in any of the formats that <see cref="AnnotationFormat.Of"/> recognises.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken of what was left out or guessed.</param>
    /// <param name="format">Its format, where it is known.</param>
    /// <exception cref="AnnotationException">
    /// The file is missing, of no known format, holds no picture, names one twice or is malformed; the message names file
    /// and place.
    /// </exception>
    public static IReadOnlyCollection<PictureHeads> Read(
        string path, AnnotationReading? reading = null, AnnotationFormat? format = null)
    {
        format ??= AnnotationFormat.Of(path);
        if (format.Read is null)
            throw new AnnotationException($"{path}: {format.Name} is written only");
        IEnumerable<PictureHeads> pictures = format.Read(path, null, reading);
        var all = pictures as IReadOnlyCollection<PictureHeads> ?? [.. pictures];
        var names = new HashSet<string>();
        foreach (PictureHeads picture in all)
            if (!names.Add(picture.Name))
                throw new AnnotationException($"{path}: lists picture '{picture.Name}' twice; give each its own path, or join them");
        return all.Count > 0 ? all : throw new AnnotationException($"{path}: holds no pictures");
    }
}
