using HeadCount.Annotations.Json;

namespace HeadCount.Annotations.Via;

/// <summary>
/// VGG Image Annotator (VIA 1 and 2), as FDST (Fang et al., ICME 2019) uses it: <c>name.json</c> beside
/// <c>name.jpg</c>, or one file for many pictures. What a region is, its attributes say: texts, choices, and the boxes
/// that are ticked. Regions without such words are heads.
/// </summary>
public static class ViaFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "via", "VIA", "name.jpg beside name.json (FDST, VIA)")
    {
        IsTable = true,
        Recognises = Recognises,
        Locate = image => BesideJson.Find(image, Recognises),
        Read = (path, image, reading) => Read(path, reading) is var pictures && pictures is [var only] && image is not null
            ? [only with { Name = Path.GetFileName(image) }]
            : pictures,
    };

    private static bool Recognises(FileStart start) => start.IsObject
        && (start.Names.Contains("_via_img_metadata")
            || start.InnerNames.Contains("filename") && start.InnerNames.Contains("regions"));

    /// <summary>Reads the file's pictures.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null) => JsonStream.Read(path, json =>
    {
        reading ??= new AnnotationReading();
        var pictures = new List<PictureHeads>();
        json.Object("", name =>
        {
            if (name == "_via_img_metadata")
                json.Object(name, key => json.Value($"{name}.{key}", entry => pictures.Add(Picture(entry, reading))));
            else if (name.StartsWith("_via_", StringComparison.Ordinal))
                json.Skip();
            else
                json.Value(name, entry => pictures.Add(Picture(entry, reading)));
        });
        json.Finish();
        return pictures;
    });

    private static PictureHeads Picture(JsonField entry, AnnotationReading reading)
    {
        var drawn = new DrawnHeads(reading);
        JsonField regions = entry.Field("regions");
        // VIA 1 numbers the regions by name.
        foreach (JsonField region in regions.IsObject ? regions.Fields() : regions.Items())
            Add(drawn, region);
        return drawn.ToPicture(entry.Field("filename").Text().Replace('\\', '/'));
    }

    private static void Add(DrawnHeads drawn, JsonField region)
    {
        string label = Label(drawn.Reading.Labels, region);
        JsonField shape = region.Field("shape_attributes");
        string kind = shape.Field("name").Text();
        switch (kind)
        {
            case "rect":
                Box(shape.Place.Box(Number("x"), Number("y"), Number("width"), Number("height")));
                break;
            case "point":
                drawn.Add(label, shape.Place.Point(Number("cx"), Number("cy")));
                break;
            case "circle":
                Ellipse(Number("r"), Number("r"));
                break;
            case "ellipse":
                Ellipse(Number("rx"), Number("ry"));
                break;
            case "polygon" or "polyline":
                double[] x = shape.Field("all_points_x").Numbers(1), y = shape.Field("all_points_y").Numbers(x.Length);
                Box(HeadBox.Bounds([.. x.Zip(y, (px, py) => shape.Place.Point(px, py))]));
                break;
            default:
                drawn.Reading.Omit("regions left out, whose shape is not known", kind);
                break;
        }

        double Number(string name) => shape.Field(name).Number();

        void Ellipse(double rx, double ry)
        {
            // Radians in VIA 2.
            double turn = shape["theta"] is { } theta ? theta.Number() * 180 / Math.PI : 0;
            Box(shape.Place.Box(Number("cx") - rx, Number("cy") - ry, 2 * rx, 2 * ry).Turned(turn));
        }

        void Box(HeadBox box)
        {
            if (label.Length > 0)
            {
                drawn.Add(label, box);
                return;
            }
            drawn.Reading.Guess("regions without a label taken for heads");
            drawn.Add(LabelKind.Head, label, box);
        }
    }

    /// <summary>
    /// What the attributes call the region: the first word that names a head, a person or a region to be ignored, else
    /// the first text; empty where there is none. Of a checkbox the ticked options count; an attribute that is itself
    /// called head is a label where it is filled in.
    /// </summary>
    private static string Label(HeadLabels labels, JsonField region)
    {
        if (region["region_attributes"] is not { IsObject: true } attributes)
            return "";
        var words = new List<string>();
        foreach (JsonField attribute in attributes.Fields())
        {
            if (attribute.IsText)
            {
                string text = attribute.Text();
                if (IsWord(text))
                    words.Add(text);
                else if (text.Trim().Length > 0 && labels.KindOf(attribute.Name) != LabelKind.Other)
                    words.Add(attribute.Name);
            }
            else if (attribute.IsObject)
            {
                words.AddRange(attribute.Fields().Where(option => option.IsTrue).Select(option => option.Name));
            }
            else if (attribute.IsTrue && labels.KindOf(attribute.Name) != LabelKind.Other)
            {
                words.Add(attribute.Name);
            }
        }
        return words.FirstOrDefault(word => labels.KindOf(word) != LabelKind.Other) ?? words.FirstOrDefault() ?? "";

        // Numbers and what VIA fills in by itself name nothing.
        static bool IsWord(string text) => text.Any(char.IsLetter)
            && text.Trim().ToLowerInvariant() is not ("not_defined" or "undefined" or "unknown" or "yes" or "no" or "true" or "false");
    }
}
