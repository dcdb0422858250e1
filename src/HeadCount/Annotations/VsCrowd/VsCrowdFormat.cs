using System.Globalization;

namespace HeadCount.Annotations.VsCrowd;

/// <summary>
/// VSCrowd (Li et al., TIP 2022): frames <c>videos/SEQ/n.jpg</c> with <c>annotations/SEQ.txt</c> or <c>SEQ.txt</c>
/// beside the frames' folder, one row <c>frame (id x1 y1 x2 y2 px py)*n</c> a frame; px and py are the head's centre,
/// the box gives the matching radii.
/// </summary>
public static class VsCrowdFormat
{
    private const string Row = "frame (id x1 y1 x2 y2 px py)*n";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "vscrowd", "VSCrowd", "videos/SEQ/n.jpg with annotations/SEQ.txt (VSCrowd)")
    {
        IsTable = true,
        IsSequence = true,
        Locate = Locate,
        Recognises = start => start.Extension == ".TXT" && LooksRight(start.FirstLine),
        Read = (path, _, _) => Read(path),
    };

    private static string? Locate(string image)
    {
        string folder = Path.GetDirectoryName(image) ?? "";
        string file = Path.GetFileName(folder) + ".txt";
        string? path = SiblingFolder.Find(folder, "videos", ["annotations"], file);
        string beside = Path.Combine(Path.GetDirectoryName(folder) ?? "", file);
        return path ?? (File.Exists(beside) && new FileInfo(beside).Length > 0
            && LooksRight(FileStart.Of(beside).FirstLine) ? beside : null);
    }

    /// <summary>One number and seven more a head, as far as the line is at hand.</summary>
    internal static bool LooksRight(string line)
    {
        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length >= 8 && (parts.Length % 7 == 1 || line.Length > 60_000) && parts.Take(8).All(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
    }

    /// <summary>Reads the frames that have rows, in their order.</summary>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path)
    {
        var frames = new SortedDictionary<int, PictureHeads>();
        foreach (NumberRow row in AnnotationText.Rows(path))
        {
            if (row.Values.Length % 7 != 1)
                throw row.Place.Error($"{row.Values.Length} numbers; expected '{Row}'");
            if (row[0] is not (>= 0 and <= int.MaxValue))
                throw row.Place.Error(FormattableString.Invariant($"{row[0]} is no number of a frame"));
            int count = row.Values.Length / 7;
            var heads = new HeadPoint[count];
            var sigmas = new HeadSigma[count];
            for (int i = 0; i < count; i++)
            {
                int at = 1 + 7 * i;
                HeadBox box = row.Place.Box(row[at + 1], row[at + 2], row[at + 3] - row[at + 1],
                    row[at + 4] - row[at + 2]);
                heads[i] = row.Place.Point(row[at + 5], row[at + 6]);
                sigmas[i] = HeadSigma.OfBox(box.Width, box.Height);
            }
            int frame = (int)row[0];
            string name = string.Create(CultureInfo.InvariantCulture, $"{frame:0000}.jpg");
            if (!frames.TryAdd(frame, new PictureHeads(name, heads) { Sigmas = sigmas }))
                throw row.Place.Error($"frame {frame} a second time");
        }
        return [.. frames.Values];
    }
}
