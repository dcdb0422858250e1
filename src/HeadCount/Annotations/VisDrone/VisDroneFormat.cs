namespace HeadCount.Annotations.VisDrone;

/// <summary>
/// VisDrone (Zhu et al., PAMI 2021). DET: <c>images/name.jpg</c> with <c>annotations/name.txt</c>, rows
/// <c>left,top,w,h,score,category,truncation,occlusion</c>. VID and MOT: <c>sequences/SEQ/0000001.jpg</c> with
/// <c>annotations/SEQ.txt</c>, the same after <c>frame,id</c>. Categories 1 (pedestrian) and 2 (people) are persons,
/// 0 and rows of score 0 are ignored regions, others are left out.
/// </summary>
public static class VisDroneFormat
{
    private static readonly string[] Categories = ["ignored", "pedestrian", "people", "bicycle", "car", "van", "truck",
        "tricycle", "awning-tricycle", "bus", "motor", "others"];

    private const string Row = "[frame,id,]left,top,w,h,score,category,truncation,occlusion";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("visdrone", "VisDrone",
        "images/name.jpg with annotations/name.txt or sequences/SEQ/n.jpg with annotations/SEQ.txt")
    {
        IsTable = true,
        IsSequence = true,
        Locate = Locate,
        Recognises = start => start.Extension == ".TXT" && Columns(start.FirstLine) is 8 or 10,
        Read = (path, image, reading) => Read(path, image, reading),
    };

    private static string? Locate(string image)
    {
        string folder = Path.GetDirectoryName(image) ?? "";
        return SiblingFolder.Find(image, "images", ["annotations"], Path.GetFileNameWithoutExtension(image) + ".txt")
            ?? SiblingFolder.Find(folder, "sequences", ["annotations"], Path.GetFileName(folder) + ".txt");
    }

    /// <summary>Numbers of a row that ends with a comma or without; 0 for other text.</summary>
    private static int Columns(string row)
    {
        string[] parts = row.TrimEnd(',').Split(',');
        return parts.Length > 1 && parts.All(part => int.TryParse(part, out _)) ? parts.Length : 0;
    }

    /// <summary>Reads one picture, or the frames of a sequence that have rows.</summary>
    /// <param name="path">The annotation file.</param>
    /// <param name="image">The picture that it was found for, where it is known.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, string? image = null, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        var rows = AnnotationText.Rows(path);
        if (rows is [{ Values.Length: >= 10 }, ..])
        {
            var frames = new Frames(reading);
            foreach (NumberRow row in rows)
            {
                row.Require(10, Row);
                Add(frames[row], row, 2);
            }
            return frames.ToPictures("{0:0000000}.jpg");
        }
        var drawn = new DrawnHeads(reading);
        foreach (NumberRow row in rows)
        {
            row.Require(8, Row);
            Add(drawn, row, 0);
        }
        return [drawn.ToPicture(Path.GetFileName(image) ?? Path.GetFileNameWithoutExtension(path))];
    }

    private static void Add(DrawnHeads drawn, NumberRow row, int first)
    {
        HeadBox box = row.Box(first);
        (double score, double category) = (row[first + 4], row[first + 5]);
        if (category == 0 || score == 0 && category is (1 or 2))
            drawn.Ignore(box);
        else if (category is 1 or 2)
            drawn.Add(LabelKind.Person, Categories[(int)category], box);
        else
            drawn.Reading.UnknownLabel("boxes", category > 0 && category < Categories.Length && category == (int)category
                ? Categories[(int)category]
                : FormattableString.Invariant($"category {category}"));
    }
}
