using System.Globalization;
using System.Text;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Annotations.Yolo;

/// <summary>
/// Boxes as Ultralytics' YOLO trains on them: <c>images/…/name.jpg</c> with <c>labels/…/name.txt</c>, one row
/// <c>class cx cy w h [score]</c> a box in shares of the picture. Class names come from <c>classes.txt</c>,
/// <c>obj.names</c> or <c>data.yaml</c> beside the labels or up to two folders above; without them every box is a head.
/// </summary>
public static class YoloFormat
{
    private const string Row = "class cx cy w h";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "yolo", "YOLO", "images/name.jpg with labels/name.txt")
    {
        Locate = Locate,
        Recognises = start => start.Extension == ".TXT" && LooksRight(start.FirstLine),
        Read = (path, image) => [Read(path, image
            ?? throw new AnnotationException($"{path}: its picture is needed for the size; give the dataset folder"))],
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>A class and a box in shares of the picture.</summary>
    private static bool LooksRight(string line)
    {
        string[] numbers = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return numbers.Length >= 5 && uint.TryParse(numbers[0], CultureInfo.InvariantCulture, out _)
            && numbers[1..5].All(number => double.TryParse(number, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1)
            && numbers[1..5].Any(number => number.Contains('.', StringComparison.Ordinal));
    }

    private static string? Locate(string image)
    {
        string label = LabelName(image.Replace('\\', '/'));
        return label.Length > 0 && File.Exists(label) ? label : null;
    }

    /// <summary>The path with its last folder named images replaced by labels; empty where none is named so.</summary>
    private static string LabelName(string image)
    {
        string[] parts = image.Split('/');
        int at = Array.FindLastIndex(parts, part => part.Equals("images", StringComparison.OrdinalIgnoreCase));
        if (at < 0)
            return "";
        parts[at] = "labels";
        return Path.ChangeExtension(string.Join('/', parts), ".txt");
    }

    /// <summary>Reads the heads of one picture.</summary>
    /// <param name="path">The label file; an empty one is a picture without heads.</param>
    /// <param name="image">The picture, whose size is read.</param>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    /// <exception cref="PictureException">The picture cannot be opened.</exception>
    public static PictureHeads Read(string path, string image)
    {
        using var picture = Picture.Open(image);
        var size = new PictureSize(picture.Width, picture.Height);
        IReadOnlyList<string>? names = ClassNames(path);
        var drawn = new DrawnHeads();
        foreach (NumberRow row in AnnotationText.Rows(path))
        {
            row.Require(5, Row);
            if (Math.Abs(row[1]) > 10 || Math.Abs(row[2]) > 10 || Math.Abs(row[3]) > 10 || Math.Abs(row[4]) > 10)
                throw row.Place.Error("numbers beyond 10, where shares of the picture are due (0..1), not pixels");
            double width = row[3] * size.Width, height = row[4] * size.Height;
            HeadBox box = row.Place.Box(row[1] * size.Width - width / 2, row[2] * size.Height - height / 2,
                width, height);
            // More numbers than a score are a polygon or keypoints.
            double score = row.Values.Length == 6 ? row.Place.Score(row[5]) : 1;
            drawn.Add(Label(row, names), box, score);
        }
        return drawn.ToPicture(Path.GetFileName(image), size);

        static string Label(NumberRow row, IReadOnlyList<string>? names)
        {
            if (names is null)
                return "head";
            return row[0] >= 0 && row[0] < names.Count
                ? names[(int)row[0]]
                : throw row.Place.Error(FormattableString.Invariant(
                    $"class {row[0]}, of which the names file with {names.Count} names says nothing"));
        }
    }

    private static IReadOnlyList<string>? ClassNames(string path)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        for (int up = 0; up < 3 && folder is not null; up++, folder = Path.GetDirectoryName(folder))
        {
            foreach (string file in (string[])["classes.txt", "obj.names"])
                if (Path.Combine(folder, file) is var names && File.Exists(names))
                    return AnnotationText.Lines(names, (_, line) => line.Trim());
            if (Path.Combine(folder, "data.yaml") is var yaml && File.Exists(yaml))
                return NamesOfYaml(yaml);
        }
        return null;
    }

    /// <summary>
    /// The value of <c>names</c>: a list in brackets, or lines <c>- name</c> or <c>0: name</c> below it.
    /// </summary>
    private static IReadOnlyList<string>? NamesOfYaml(string path)
    {
        var lines = AnnotationText.Lines(path, (_, line) => line.Split('#')[0].TrimEnd());
        int at = lines.FindIndex(line => line.StartsWith("names:", StringComparison.Ordinal));
        if (at < 0)
            return null;
        string value = lines[at]["names:".Length..].Trim();
        IEnumerable<string> items = value.Length > 0
            ? value.Trim('[', ']', '{', '}').Split(',')
            : lines.Skip(at + 1).TakeWhile(line => line.Length == 0 || line[0] is ' ' or '-' or '\t');
        return [.. items.Select(item => item.Trim().TrimStart('-'))
            .Select(item => item[(item.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(' ', '\'', '"'))
            .Where(item => item.Length > 0)];
    }

    /// <summary>
    /// Writes <c>labels/…/name.txt</c> and <c>classes.txt</c> with one class, head. A head is a square of 16 pixels
    /// around its point, since points have no size.
    /// </summary>
    /// <exception cref="AnnotationException">A picture's size is unknown, or two pictures would share a
    /// file.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or a file may not be written.</exception>
    public static void Write(string folder, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var names = new OutputNames(folder);
        foreach (PictureHeads picture in pictures)
        {
            PictureSize size = picture.RequireSize();
            string name = LabelName(picture.Name) is { Length: > 0 } label
                ? label
                : "labels/" + Path.ChangeExtension(picture.Name, ".txt");
            var text = new StringBuilder();
            foreach (HeadPoint head in picture.Heads)
            {
                text.Append(CultureInfo.InvariantCulture, $"0 {head.X / size.Width} {head.Y / size.Height} ");
                text.Append(CultureInfo.InvariantCulture,
                    $"{HeadBox.PointSide / size.Width} {HeadBox.PointSide / size.Height}");
                text.Append(head.Score == 1 ? "\n" : FormattableString.Invariant($" {head.Score}\n"));
            }
            WholeFile.WriteText(names.Create(name, picture), text.ToString());
        }
        WholeFile.WriteText(names.Create("classes.txt"), "head\n");
    }
}
