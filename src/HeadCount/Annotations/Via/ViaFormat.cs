using HeadCount.Annotations.Json;

namespace HeadCount.Annotations.Via;

/// <summary>
/// VGG Image Annotator (VIA 1 and 2), as FDST (Fang et al., ICME 2019) uses it: <c>name.json</c> beside
/// <c>name.jpg</c>, or one file for many pictures. Rectangles, circles and ellipses are head boxes, unless an attribute
/// says person or ignore; points are heads.
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
        Read = (path, image) => Read(path) is var pictures && pictures is [var only] && image is not null
            ? [only with { Name = Path.GetFileName(image) }]
            : pictures,
    };

    private static bool Recognises(FileStart start) => start.IsObject
        && (start.Names.Contains("_via_img_metadata")
            || start.InnerNames.Contains("filename") && start.InnerNames.Contains("regions"));

    /// <summary>Reads the file's pictures.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path) => JsonStream.Read(path, json =>
    {
        var pictures = new List<PictureHeads>();
        json.Object("", name =>
        {
            if (name == "_via_img_metadata")
                json.Object(name, key => json.Value($"{name}.{key}", entry => pictures.Add(Picture(entry))));
            else if (name.StartsWith("_via_", StringComparison.Ordinal))
                json.Skip();
            else
                json.Value(name, entry => pictures.Add(Picture(entry)));
        });
        json.Finish();
        return pictures;
    });

    private static PictureHeads Picture(JsonField entry)
    {
        var drawn = new DrawnHeads();
        JsonField regions = entry.Field("regions");
        // VIA 1 numbers the regions by name.
        foreach (JsonField region in regions.IsObject ? regions.Fields() : regions.Items())
            Add(drawn, region);
        return drawn.ToPicture(entry.Field("filename").Text().Replace('\\', '/'));
    }

    private static void Add(DrawnHeads drawn, JsonField region)
    {
        string label = "head";
        if (region["region_attributes"] is { IsObject: true } attributes)
            foreach (JsonField attribute in attributes.Fields())
                if (attribute.IsText && HeadBox.KindOf(attribute.Text()) != BoxKind.Other)
                    label = attribute.Text();
        JsonField shape = region.Field("shape_attributes");
        string kind = shape.Field("name").Text();
        switch (kind)
        {
            case "rect":
                drawn.Add(label, shape.Place.Box(
                    Number("x"), Number("y"), Number("width"), Number("height")));
                break;
            case "point" when HeadBox.KindOf(label) != BoxKind.Ignored:
                drawn.Add(shape.Place.Point(Number("cx"), Number("cy")));
                break;
            case "circle":
                Ellipse(Number("r"), Number("r"));
                break;
            case "ellipse":
                Ellipse(Number("rx"), Number("ry"));
                break;
            case "polygon" or "polyline":
                double[] x = shape.Field("all_points_x").Numbers(1), y = shape.Field("all_points_y").Numbers(x.Length);
                drawn.Add(label, HeadBox.Bounds([.. x.Zip(y, (px, py) => shape.Place.Point(px, py))]));
                break;
            default:
                break;
        }

        double Number(string name) => shape.Field(name).Number();

        void Ellipse(double rx, double ry) => drawn.Add(label,
            shape.Place.Box(Number("cx") - rx, Number("cy") - ry, 2 * rx, 2 * ry));
    }
}
