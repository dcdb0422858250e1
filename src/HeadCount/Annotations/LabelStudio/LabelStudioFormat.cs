using System.Globalization;
using System.Text.RegularExpressions;
using HeadCount.Annotations.Json;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Annotations.LabelStudio;

/// <summary>
/// Label Studio: a JSON array of tasks. Of each the last annotation that was not cancelled counts (<c>annotations</c>,
/// formerly <c>completions</c>), else the last of <c>predictions</c>. Positions are percents of the picture. Keypoints,
/// rectangles, ellipses, polygons and brushes are read; of what is turned, the upright rectangle around it. The label
/// stands in the region itself or in another result of the same <c>id</c>.
/// </summary>
public static partial class LabelStudioFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "labelstudio", "Label Studio", "a Label Studio .json in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.IsArray && ((string[])["data", "annotations", "completions", "predictions"])
            .Any(start.InnerNames.Contains) && !start.InnerNames.Contains("heads"),
        Read = (path, _, reading) => Read(path, reading),
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the field.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null) => JsonStream.Read(path, json =>
    {
        reading ??= new AnnotationReading();
        var pictures = new List<(PictureHeads Picture, string Address)>();
        json.Array("", task =>
        {
            string address = Address(task.Field("data"));
            pictures.Add((Picture(task, PictureName(address), reading), address));
        });
        json.Finish();
        // Pictures of one name from different folders keep so much of their address.
        var twice = pictures.GroupBy(picture => picture.Picture.Name).Where(same => same.DistinctBy(picture => picture.Address).Skip(1).Any())
            .Select(same => same.Key).ToHashSet();
        return pictures.ConvertAll(picture => !twice.Contains(picture.Picture.Name) ? picture.Picture
            : picture.Picture with { Name = PathOf(picture.Address) });
    });

    private static PictureHeads Picture(JsonField task, string name, AnnotationReading reading)
    {
        var drawn = new DrawnHeads(reading);
        PictureSize? size = null;
        JsonField[] all = [.. (task["annotations"] ?? task["completions"])?.Items() ?? []];
        JsonField? work = all.LastOrDefault(item => item["was_cancelled"] is not { IsTrue: true });
        foreach (JsonField other in all)
            if (other != work && other["result"] is { } left)
                reading.Omit("regions of other annotations of a task left out", name, left.Items().Count(IsRegion));
        if (work is null && task["predictions"]?.Items().LastOrDefault() is { } prediction)
        {
            work = prediction;
            if (all.Length == 0)
                reading.Guess("tasks without annotation, whose prediction is taken");
        }
        if (work is not null)
            Add(drawn, [.. work.Field("result").Items()], ref size);
        return drawn.ToPicture(name, size);
    }

    private static bool IsRegion(JsonField result) => Shape(result) is not null;

    /// <summary>The shape that a result draws, or null where it says something else.</summary>
    private static string? Shape(JsonField result) => result["type"]?.Text() switch
    {
        "keypointlabels" or "keypoint" => "keypoint",
        "rectanglelabels" or "rectangle" => "rectangle",
        "ellipselabels" or "ellipse" => "ellipse",
        "polygonlabels" or "polygon" => "polygon",
        "brushlabels" or "brush" => "brush",
        _ => null,
    };

    private static void Add(DrawnHeads drawn, JsonField[] results, ref PictureSize? size)
    {
        var labels = new Dictionary<string, string>();
        foreach (JsonField result in results)
            if (result["id"] is { } id && LabelOf(result) is { } label)
                labels.TryAdd(id.Key(), label);
        var seen = new HashSet<string>();
        foreach (JsonField result in results.Where(IsRegion))
        {
            string? id = result["id"]?.Key();
            // The same region by another control.
            if (id is null || seen.Add(id))
                Add(drawn, result, LabelOf(result) ?? (id is null ? null : labels.GetValueOrDefault(id)) ?? "", ref size);
        }
        foreach (JsonField result in results)
            if (!IsRegion(result) && (result["id"] is not { } id || !seen.Contains(id.Key())))
                drawn.Reading.Omit("results left out, which mark no place", result["type"]?.Text() ?? "");
    }

    /// <summary>The first label of a result, whatever its control.</summary>
    private static string? LabelOf(JsonField result) => result["value"] is not { IsObject: true } value ? null
        : value.Fields().Where(field => field.Name.EndsWith("labels", StringComparison.Ordinal) && field.IsArray)
            .SelectMany(field => field.Items()).Where(label => label.IsText).FirstOrDefault()?.Text();

    private static void Add(DrawnHeads drawn, JsonField result, string label, ref PictureSize? size)
    {
        if (result["image_rotation"] is { } turn && turn.Number() != 0)
            throw turn.Place.Error("a picture that was turned in the tool; turn the file itself and label it anew");
        PictureSize whole = result.Place.Size(
            result.Field("original_width").Number(), result.Field("original_height").Number());
        size ??= whole;
        JsonField value = result.Field("value");
        double score = result["score"] is { } confidence ? confidence.Place.Score(confidence.Number()) : 1;
        switch (Shape(result))
        {
            case "keypoint":
                drawn.Add(label, value.Place.Point(X("x"), Y("y"), score));
                break;
            case "rectangle":
                // Turned about its left upper corner.
                Box(value.Place.Box(X("x"), Y("y"), X("width"), Y("height")).Turned(Degrees(), X("x"), Y("y")));
                break;
            case "ellipse":
                (double rx, double ry) = (X("radiusX"), Y("radiusY"));
                Box(value.Place.Box(X("x") - rx, Y("y") - ry, 2 * rx, 2 * ry).Turned(Degrees()));
                break;
            case "polygon":
                HeadPoint[] points = [.. value.Field("points").Items().Select(item =>
                {
                    double[] point = item.Numbers(2);
                    return item.Place.Point(point[0] / 100 * whole.Width, point[1] / 100 * whole.Height);
                })];
                Box(points.Length > 0 ? HeadBox.Bounds(points) : throw value.Place.Error("a polygon without points"));
                break;
            default:
                if (BrushMask.Bounds(value.Field("rle"), whole) is { } painted)
                    Box(painted);
                else
                    drawn.Reading.Omit("brushes left out, which paint nothing", label);
                break;
        }

        double X(string name) => value.Field(name).Number() / 100 * whole.Width;

        double Y(string name) => value.Field(name).Number() / 100 * whole.Height;

        double Degrees() => value["rotation"]?.Number() ?? 0;

        void Box(HeadBox box)
        {
            if (label.Length > 0)
            {
                drawn.Add(label, box, score);
                return;
            }
            drawn.Reading.Guess("regions without a label taken for heads");
            drawn.Add(LabelKind.Head, label, box, score);
        }
    }

    /// <summary>
    /// The text of a task's data that names its picture: one that ends as pictures do, else the field image or img, else
    /// an address, else the first text.
    /// </summary>
    private static string Address(JsonField data)
    {
        string[] texts = [.. data.Fields().Where(item => item.IsText).Select(item => item.Text())];
        return texts.FirstOrDefault(text => ImageKinds.IsPicture(PathOf(text)) || ImageKinds.OtherKind(PathOf(text)) is not null)
            ?? (data["image"] ?? data["img"])?.Text()
            ?? texts.FirstOrDefault(text => text.Contains("://", StringComparison.Ordinal) || text.StartsWith("/data/", StringComparison.Ordinal))
            ?? texts.FirstOrDefault()
            ?? throw data.Place.Error("names no picture");
    }

    /// <summary>The name in an address: an upload without its folder and random prefix, a local file's path, or the last
    /// part.</summary>
    private static string PictureName(string address)
    {
        if (address.Contains("?d=", StringComparison.Ordinal))
            return PathOf(address);
        string last = PathOf(address) is var path && path.LastIndexOf('/') is var slash ? path[(slash + 1)..] : path;
        return address.Contains("/upload/", StringComparison.Ordinal) ? UploadPrefix().Replace(last, "")
            : address.Contains("://", StringComparison.Ordinal) ? last
            : address.Replace('\\', '/');
    }

    /// <summary>The path in an address, without host and query.</summary>
    private static string PathOf(string address)
    {
        int local = address.IndexOf("?d=", StringComparison.Ordinal);
        if (local >= 0)
            return Uri.UnescapeDataString(address[(local + 3)..]).Replace('\\', '/');
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 && !address.Contains("/upload/", StringComparison.Ordinal))
            return address.Replace('\\', '/');
        string path = address[(scheme < 0 ? 0 : scheme + 3)..].Split('?')[0];
        if (scheme >= 0)
            path = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return Uri.UnescapeDataString(path.TrimStart('/'));
    }

    [GeneratedRegex("^[0-9a-f]{8}-", RegexOptions.CultureInvariant)]
    private static partial Regex UploadPrefix();

    /// <summary>
    /// Writes tasks with predictions, for a labelling setup with an Image named image and KeyPointLabels named head.
    /// Ignored regions are not kept, and only pictures with heads keep their size.
    /// </summary>
    /// <exception cref="AnnotationException">A picture's size is unknown.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        WholeFile.Write(path, stream => JsonOutput.Write(stream, json =>
        {
            json.WriteStartArray();
            foreach (PictureHeads picture in pictures)
            {
                PictureSize size = picture.RequireSize();
                json.WriteStartObject();
                json.WriteStartObject("data");
                json.WriteString("image", picture.Name);
                json.WriteEndObject();
                json.WriteStartArray("predictions");
                json.WriteStartObject();
                json.WriteString("model_version", "HeadCount");
                json.WriteStartArray("result");
                int id = 0;
                foreach (HeadPoint head in picture.Heads)
                {
                    json.WriteStartObject();
                    json.WriteString("id", (++id).ToString(CultureInfo.InvariantCulture));
                    json.WriteString("type", "keypointlabels");
                    json.WriteString("from_name", "head");
                    json.WriteString("to_name", "image");
                    json.WriteNumber("original_width", size.Width);
                    json.WriteNumber("original_height", size.Height);
                    json.WriteNumber("image_rotation", 0);
                    if (head.Score != 1)
                        json.WriteNumber("score", head.Score);
                    json.WriteStartObject("value");
                    json.WriteNumber("x", 100 * head.X / size.Width);
                    json.WriteNumber("y", 100 * head.Y / size.Height);
                    json.WriteNumber("width", 0.5);
                    json.WriteStartArray("keypointlabels");
                    json.WriteStringValue("head");
                    json.WriteEndArray();
                    json.WriteEndObject();
                    json.WriteEndObject();
                    json.FlushSome();
                }
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
    }
}
