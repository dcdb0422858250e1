namespace HeadCount.Annotations.Mot;

/// <summary>
/// MOT Challenge: <c>SEQ/img1/000001.jpg</c> with <c>SEQ/gt/gt.txt</c>, rows
/// <c>frame,id,left,top,w,h,considered,class,visibility</c>; frames and pixels are counted from 1. Class 1 are persons,
/// or heads in sequences named <c>HT21-…</c> (CroHD). What evaluation does not consider — persons on vehicles, standing
/// still, distractors, reflections — is an ignored region; other classes are left out.
/// </summary>
public static class MotFormat
{
    private const string Row = "frame,id,left,top,w,h,considered,class,visibility";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("mot", "MOT", "SEQ/img1/000001.jpg with SEQ/gt/gt.txt")
    {
        IsTable = true,
        Locate = image => SiblingFolder.Find(image, "img1", ["gt"], "gt.txt"),
        Recognises = start => Path.GetFileName(start.Path).Equals("gt.txt", StringComparison.OrdinalIgnoreCase)
            && start.FirstLine.Contains(',', StringComparison.Ordinal),
        Read = (path, _) => Read(path),
    };

    /// <summary>Reads the frames that have rows, in their order.</summary>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path)
    {
        string sequence = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path)))) ?? "";
        BoxKind kind = sequence.StartsWith("HT21", StringComparison.OrdinalIgnoreCase) ? BoxKind.Head : BoxKind.Person;
        var frames = new Frames();
        foreach (NumberRow row in AnnotationText.Rows(path))
        {
            row.Require(6, Row);
            HeadBox box = row.Place.Box(row[2] - 1, row[3] - 1, row[4], row[5]);
            int type = row.Values.Length > 7 ? (int)row[7] : 1;
            bool considered = row.Values.Length <= 6 || row[6] != 0;
            if (type == 1 && considered)
                frames[row].Add(kind == BoxKind.Head ? "head" : "person", box);
            else if (type is 1 or 2 or 7 or 8 or 12)
                frames[row].Ignore(box);
            else
                _ = frames[row];
        }
        return frames.ToPictures("img1/{0:000000}.jpg");
    }
}
