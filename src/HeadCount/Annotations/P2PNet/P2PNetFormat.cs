using HeadCount.Imaging;

namespace HeadCount.Annotations.P2PNet;

/// <summary>
/// Lists of P2PNet and APGCC: rows <c>image.jpg labels.txt</c>, paths relative to the list's folder; the label files
/// hold rows <c>x y</c> in pixels counted from 0, so 0.5 is added.
/// </summary>
public static class P2PNetFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "p2pnet", "P2PNet", "a .list of rows 'image.jpg labels.txt' in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.Extension is ".LIST" or ".TXT" && Cut(start.FirstLine) is not null,
        Read = (path, _, reading) => Read(path, reading),
    };

    /// <summary>Reads the pictures of a list.</summary>
    /// <param name="path">The list.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">A file is missing or a line is malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        return AnnotationText.Lines(path, (place, text) =>
        {
            (string image, string labels) = Cut(text)
                ?? throw place.Error($"'{text.Trim()}'; expected 'image.jpg labels.txt'");
            try
            {
                return new PictureHeads(image, [.. AnnotationText.Rows(Path.Combine(folder, labels)).Select(Point)]);
            }
            catch (AnnotationException e)
            {
                throw new AnnotationException(place.Error(e.Message).Message, e);
            }
        });

        HeadPoint Point(NumberRow row)
        {
            row.Require(2, "x y");
            reading.Omit("numbers behind x and y left out", "", row.Values.Length - 2);
            return row.Place.Point(row[0] + 0.5, row[1] + 0.5);
        }
    }

    /// <summary>A row's two paths. The picture's extension ends the first, so that either may contain blanks.</summary>
    private static (string Image, string Labels)? Cut(string row)
    {
        row = row.Trim().Replace('\\', '/');
        if (!row.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
            return null;
        for (int blank = 1; blank < row.Length; blank++)
            if (char.IsWhiteSpace(row[blank]) && ImageKinds.IsPicture(row[..blank]))
                return (row[..blank], row[(blank + 1)..].TrimStart());
        return null;
    }
}
