using System.Globalization;
using System.Text.RegularExpressions;
using HeadCount.Annotations.Json;
using HeadCount.IO;

namespace HeadCount.Annotations.LabelStudio;

/// <summary>
/// Label Studio: a JSON array of tasks. Of each the last annotation that was not cancelled counts (<c>annotations</c>,
/// formerly <c>completions</c>), else the last of <c>predictions</c>. Positions are percents of the picture. Keypoints
/// are heads whatever their label; rectangles and ellipses go by it (head, face, person, ignore).
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
        Read = (path, _) => Read(path),
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the field.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path) => JsonStream.Read(path, json =>
    {
        var pictures = new List<PictureHeads>();
        json.Array("", task => pictures.Add(Picture(task)));
        json.Finish();
        return pictures;
    });

    private static PictureHeads Picture(JsonField task)
    {
        var drawn = new DrawnHeads();
        PictureSize? size = null;
        JsonField? work = (task["annotations"] ?? task["completions"])?.Items()
            .LastOrDefault(item => item["was_cancelled"] is not { IsTrue: true });
        work ??= task["predictions"]?.Items().LastOrDefault();
        if (work is not null)
            foreach (JsonField result in work.Field("result").Items())
                Add(drawn, result, ref size);
        return drawn.ToPicture(PictureName(task.Field("data")), size);
    }

    private static void Add(DrawnHeads drawn, JsonField result, ref PictureSize? size)
    {
        string? type = result["type"]?.Text();
        if (type is not ("keypointlabels" or "keypoint" or "rectanglelabels" or "rectangle" or "ellipselabels"))
            return;
        if (result["image_rotation"] is { } turn && turn.Number() != 0)
            throw turn.Place.Error("a picture that was turned in the tool; turn the file itself and label it anew");
        PictureSize whole = result.Place.Size(
            result.Field("original_width").Number(), result.Field("original_height").Number());
        size ??= whole;
        JsonField value = result.Field("value");
        string label = (value["keypointlabels"] ?? value["rectanglelabels"] ?? value["ellipselabels"])?.Items()
            .FirstOrDefault()?.Text() ?? "head";
        double score = result["score"] is { } confidence ? confidence.Place.Score(confidence.Number()) : 1;
        double x = Share("x") * whole.Width, y = Share("y") * whole.Height;
        if (type.StartsWith("keypoint", StringComparison.Ordinal))
        {
            if (HeadBox.KindOf(label) != BoxKind.Ignored)
                drawn.Add(value.Place.Point(x, y, score));
            return;
        }
        if (value["rotation"] is { } rotation && rotation.Number() != 0)
            throw rotation.Place.Error("a turned box; draw it upright");
        bool ellipse = type == "ellipselabels";
        double width = Share(ellipse ? "radiusX" : "width") * whole.Width * (ellipse ? 2 : 1);
        double height = Share(ellipse ? "radiusY" : "height") * whole.Height * (ellipse ? 2 : 1);
        drawn.Add(label, value.Place.Box(
            ellipse ? x - width / 2 : x, ellipse ? y - height / 2 : y, width, height), score);

        double Share(string name) => value.Field(name).Number() / 100;
    }

    /// <summary>
    /// The picture that a task's data names: an upload without its folder and random prefix, a local file's path, or
    /// the last part of an address.
    /// </summary>
    private static string PictureName(JsonField data)
    {
        JsonField? field = data["image"] ?? data["img"] ?? data.Fields().FirstOrDefault(item => item.IsText);
        string address = (field ?? throw data.Place.Error("names no picture")).Text();
        int local = address.IndexOf("?d=", StringComparison.Ordinal);
        if (local >= 0)
            return Uri.UnescapeDataString(address[(local + 3)..]).Replace('\\', '/');
        if (address.Contains("/upload/", StringComparison.Ordinal))
            return UploadPrefix().Replace(Uri.UnescapeDataString(address[(address.LastIndexOf('/') + 1)..]), "");
        if (address.Contains("://", StringComparison.Ordinal))
            return Uri.UnescapeDataString(address[(address.LastIndexOf('/') + 1)..].Split('?')[0]);
        return address.Replace('\\', '/');
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
