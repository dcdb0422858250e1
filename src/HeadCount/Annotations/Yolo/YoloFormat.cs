using System.Globalization;
using System.Text;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Annotations.Yolo;

/// <summary>
/// Boxes as Ultralytics' YOLO trains on them: <c>images/…/name.jpg</c> with <c>labels/…/name.txt</c>, or, as Darknet,
/// LabelImg and CVAT have it, <c>name.txt</c> beside <c>name.jpg</c>. A row is <c>class cx cy w h [score] [track]</c>, or
/// <c>class x1 y1 x2 y2 x3 y3 … [score]</c> for a polygon, of which the rectangle around it is taken; all are fractions
/// of the picture. Keypoints stand behind the box where the data file has <c>kpt_shape</c>. <see cref="YoloClasses"/>
/// finds the names of the classes; without them every box is a head.
/// </summary>
public static class YoloFormat
{
    private const string Row = "class cx cy w h";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "yolo", "YOLO", "images/name.jpg with labels/name.txt, or name.txt beside name.jpg")
    {
        Locate = Locate,
        Recognises = start => start.Extension == ".TXT" && LooksRight(start.FirstLine),
        Read = (path, image, reading) => [Read(path, image
            ?? throw new AnnotationException($"{path}: its picture is needed for the size; give the dataset folder"), reading)],
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
        if (label.Length > 0 && File.Exists(label))
            return label;
        string beside = Path.ChangeExtension(image, ".txt");
        if (!File.Exists(beside))
            return null;
        // An empty file is a label where classes are known; other texts may stand beside a picture too.
        bool isLabel = new FileInfo(beside).Length == 0
            ? YoloClasses.AreNear(beside)
            : LooksRight(FileStart.Of(beside).FirstLine);
        return isLabel ? beside : null;
    }

    /// <summary>The path with its last folder named images (Darknet: JPEGImages too) replaced by labels; empty where none is named so.</summary>
    private static string LabelName(string image)
    {
        string[] parts = image.Split('/');
        int at = Array.FindLastIndex(parts, part => part.Equals("images", StringComparison.OrdinalIgnoreCase) || part == "JPEGImages");
        if (at < 0)
            return "";
        parts[at] = "labels";
        return Path.ChangeExtension(string.Join('/', parts), ".txt");
    }

    /// <summary>Reads the heads of one picture.</summary>
    /// <param name="path">The label file; an empty one is a picture without heads.</param>
    /// <param name="image">The picture, whose size is read.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    /// <exception cref="PictureException">The picture cannot be opened.</exception>
    public static PictureHeads Read(string path, string image, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        using var picture = Picture.Open(image);
        var size = new PictureSize(picture.Width, picture.Height);
        var classes = YoloClasses.Of(path, reading);
        var drawn = new DrawnHeads(reading);
        foreach (NumberRow row in AnnotationText.Rows(path))
        {
            row.Require(5, Row);
            (HeadBox box, double score) = Shape(row, classes, size);
            string number = row[0].ToString(CultureInfo.InvariantCulture);
            if (row[0] < 0 || row[0] != Math.Floor(row[0]) || row[0] > int.MaxValue)
                throw row.Place.Error($"{number} is no number of a class");
            if (classes.AreNamed)
            {
                string name = classes.Name((int)row[0])
                    ?? throw row.Place.Error($"class {number}, of which {classes.Path} says nothing");
                drawn.Add(name, box, score);
            }
            else if (reading.Labels.AreAsked)
            {
                drawn.Add(number, box, score);
            }
            else
            {
                reading.Guess("boxes taken for heads, as no file names their classes", $"class {number}");
                drawn.Add(LabelKind.Head, number, box, score);
            }
        }
        return drawn.ToPicture(Path.GetFileName(image), size);
    }

    /// <summary>The box of a row, in pixels, and its score.</summary>
    private static (HeadBox Box, double Score) Shape(NumberRow row, YoloClasses classes, PictureSize size)
    {
        double[] values = row.Values;
        bool hasKeypoints = classes.KeypointNumbers > 0 && values.Length >= 5 + classes.KeypointNumbers;
        int behind = hasKeypoints ? values.Length - 5 - classes.KeypointNumbers : values.Length - 5;
        // Behind a box: nothing, a score, the number of a track, or both.
        bool isTrack = values[^1] > 1 && values[^1] == Math.Floor(values[^1]);
        bool isBox = hasKeypoints || behind is 0 or 1 || behind == 2 && isTrack;
        foreach (double value in isBox ? values.AsSpan(1, 4) : values.AsSpan(1, (values.Length - 1) / 2 * 2))
            if (Math.Abs(value) > 10)
                throw row.Place.Error("numbers beyond 10, where fractions of the picture are due (0..1), not pixels");
        if (isBox)
        {
            double width = values[3] * size.Width, height = values[4] * size.Height;
            int at = 5 + (hasKeypoints ? classes.KeypointNumbers : 0);
            double score = behind == 0 || behind == 1 && isTrack ? 1 : row.Place.Score(values[at]);
            return (row.Place.Box(values[1] * size.Width - width / 2, values[2] * size.Height - height / 2, width, height), score);
        }
        // An odd number behind the class: the last one is a score.
        bool hasScore = values.Length % 2 == 0;
        int numbers = values.Length - 1 - (hasScore ? 1 : 0);
        if (numbers < 6)
            throw row.Place.Error($"{values.Length} numbers; expected '{Row}' or the corners of a polygon");
        var points = new HeadPoint[numbers / 2];
        for (int i = 0; i < points.Length; i++)
            points[i] = row.Place.Point(values[1 + 2 * i] * size.Width, values[2 + 2 * i] * size.Height);
        return (HeadBox.Bounds(points), hasScore ? row.Place.Score(values[^1]) : 1);
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
