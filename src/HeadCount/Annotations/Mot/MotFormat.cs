namespace HeadCount.Annotations.Mot;

/// <summary>
/// MOT Challenge: <c>SEQ/img1/000001.jpg</c> with <c>SEQ/gt/gt.txt</c>, rows
/// <c>frame,id,left,top,w,h,considered,class,visibility</c>, or of 2D MOT 2015, ten columns:
/// <c>frame,id,left,top,w,h,considered,x,y,z</c>, without a class. Frames and pixels are counted from 1. Class 1 are
/// persons, or heads in sequences named <c>HT21-…</c> (CroHD); where <c>gt/labels.txt</c> names the classes, as CVAT
/// writes it, its lines do. What evaluation does not consider — persons on vehicles, standing still, distractors,
/// reflections — is an ignored region; other classes are left out.
/// </summary>
public static class MotFormat
{
    private const string Row = "frame,id,left,top,w,h,considered,class,visibility";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("mot", "MOT", "SEQ/img1/000001.jpg with SEQ/gt/gt.txt")
    {
        IsTable = true,
        IsSequence = true,
        Locate = image => SiblingFolder.Find(image, "img1", ["gt"], "gt.txt"),
        Recognises = start => Path.GetFileName(start.Path).Equals("gt.txt", StringComparison.OrdinalIgnoreCase)
            && start.FirstLine.Contains(',', StringComparison.Ordinal),
        Read = (path, _, reading) => Read(path, reading),
    };

    private static readonly string[] Classes = ["", "pedestrian", "person on vehicle", "car", "bicycle", "motorbike",
        "non motorized vehicle", "static person", "distractor", "occluder", "occluder on the ground", "occluder full",
        "reflection", "crowd"];

    /// <summary>Reads the frames that have rows, in their order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        string sequence = Path.GetFileName(Path.GetDirectoryName(folder)) ?? "";
        bool ofHeads = sequence.StartsWith("HT21", StringComparison.OrdinalIgnoreCase);
        string names = Path.Combine(folder, "labels.txt");
        List<string>? labels = Path.GetFileName(folder) == "gt" && File.Exists(names) ? AnnotationText.Lines(names, (_, line) => line.Trim()) : null;
        var frames = new Frames(reading);
        foreach (NumberRow row in AnnotationText.Rows(path))
        {
            row.Require(6, Row);
            HeadBox box = row.Place.Box(row[2] - 1, row[3] - 1, row[4], row[5]);
            bool considered = row.Values.Length <= 6 || row[6] != 0;
            // Ten columns have no class, and -1 says that it is not known.
            double number = row.Values.Length is 8 or 9 && row[7] != -1 ? row[7] : 1;
            DrawnHeads drawn = frames[row];
            if (labels is not null && row.Values.Length is 8 or 9)
            {
                if (number < 1 || number > labels.Count || number != Math.Floor(number))
                    throw row.Place.Error(FormattableString.Invariant($"class {number}, of which {names} says nothing"));
                if (considered)
                    drawn.Add(labels[(int)number - 1], box);
                else
                    drawn.Ignore(box);
            }
            else if (number == 1 && considered)
            {
                drawn.Add(ofHeads ? LabelKind.Head : LabelKind.Person, ofHeads ? "head" : "pedestrian", box);
            }
            else if (number is 1 or 2 or 7 or 8 or 12)
            {
                drawn.Ignore(box);
            }
            else
            {
                reading.UnknownLabel("boxes", number > 0 && number < Classes.Length && number == Math.Floor(number)
                    ? Classes[(int)number]
                    : FormattableString.Invariant($"class {number}"));
            }
        }
        return frames.ToPictures("img1/{0:000000}.jpg");
    }
}
