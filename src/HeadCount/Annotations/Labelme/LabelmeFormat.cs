using HeadCount.Annotations.Json;
using HeadCount.IO;

namespace HeadCount.Annotations.Labelme;

/// <summary>
/// labelme: <c>name.json</c> beside <c>name.jpg</c>, with <c>shapes</c> of label, <c>shape_type</c> and points. Points
/// are heads whatever their label; rectangles, circles and polygons go by it (head, face, person, ignore).
/// </summary>
public static class LabelmeFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("labelme", "labelme", "name.jpg beside name.json (labelme)")
    {
        Recognises = Recognises,
        Locate = image => BesideJson.Find(image, Recognises),
        Read = (path, image, reading) => Read(path, reading) is var picture && image is null
            ? [picture]
            : [picture with { Name = Path.GetFileName(image!) }],
        Write = Write,
        WriteNeedsSize = true,
    };

    private static bool Recognises(FileStart start) => start.IsObject && start.Names.Contains("shapes");

    /// <summary>Reads the heads of one picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed.</exception>
    public static PictureHeads Read(string path, AnnotationReading? reading = null) => JsonStream.Read(path, json =>
    {
        var drawn = new DrawnHeads(reading ?? new AnnotationReading());
        string name = Path.GetFileNameWithoutExtension(path);
        double? width = null, height = null;
        bool found = false;
        json.Object("", field =>
        {
            switch (field)
            {
                case "shapes":
                    found = true;
                    json.Array(field, shape => Add(drawn, shape));
                    break;
                case "imagePath":
                    json.Value(field, value => name = value.Text().Replace('\\', '/'));
                    break;
                case "imageWidth":
                    json.Value(field, value => width = value.NumberOrNull());
                    break;
                case "imageHeight":
                    json.Value(field, value => height = value.NumberOrNull());
                    break;
                default:
                    json.Skip();
                    break;
            }
        });
        json.Finish();
        if (!found)
            throw new AnnotationException($"{path}: has no 'shapes'; expected a file of labelme");
        PictureSize? size = width is double columns && height is double rows
            ? new AnnotationPlace(path, ", imageWidth and imageHeight").Size(columns, rows)
            : null;
        return drawn.ToPicture(name, size);
    });

    private static void Add(DrawnHeads drawn, JsonField shape)
    {
        string label = shape.Field("label").Text();
        string type = shape["shape_type"]?.Text() ?? "polygon";
        var points = shape.Field("points").Items().Select(item =>
        {
            double[] point = item.Numbers(2);
            return item.Place.Point(point[0], point[1]);
        }).ToList();
        if (points.Count == 0)
            throw shape.Place.Error("has no points");
        if (type is "point" or "points")
        {
            points.ForEach(point => drawn.Add(label, point));
        }
        else if (type == "circle" && points.Count == 2)
        {
            (HeadPoint centre, HeadPoint edge) = (points[0], points[1]);
            double radius = Math.Sqrt(Math.Pow(edge.X - centre.X, 2) + Math.Pow(edge.Y - centre.Y, 2));
            drawn.Add(label, shape.Place.Box(centre.X - radius, centre.Y - radius, 2 * radius, 2 * radius));
        }
        else
        {
            drawn.Add(label, HeadBox.Bounds(points));
        }
    }

    /// <summary>
    /// Writes <c>name.json</c> a picture, to be put beside it: a point labelled head a head, a rectangle labelled
    /// ignore an ignored region. Scores are not kept.
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
            string path = names.Create(Path.ChangeExtension(picture.Name, ".json"), picture);
            WholeFile.Write(path, stream => JsonOutput.Write(stream, json =>
            {
                json.WriteStartObject();
                json.WriteString("version", "5.5.0");
                json.WriteStartObject("flags");
                json.WriteEndObject();
                json.WriteStartArray("shapes");
                foreach (HeadPoint head in picture.Heads)
                    Shape("head", "point", [(head.X, head.Y)]);
                foreach (IgnoredRegion region in picture.Ignored)
                    Shape("ignore", "rectangle", [(region.Left, region.Top),
                        (region.Left + region.Width, region.Top + region.Height)]);
                json.WriteEndArray();
                json.WriteString("imagePath", Path.GetFileName(picture.Name));
                json.WriteNull("imageData");
                json.WriteNumber("imageHeight", size.Height);
                json.WriteNumber("imageWidth", size.Width);
                json.WriteEndObject();

                void Shape(string label, string type, ReadOnlySpan<(double X, double Y)> points)
                {
                    json.WriteStartObject();
                    json.WriteString("label", label);
                    json.WriteStartArray("points");
                    foreach ((double x, double y) in points)
                    {
                        json.WriteStartArray();
                        json.WriteNumberValue(x);
                        json.WriteNumberValue(y);
                        json.WriteEndArray();
                    }
                    json.WriteEndArray();
                    json.WriteNull("group_id");
                    json.WriteString("description", "");
                    json.WriteString("shape_type", type);
                    json.WriteStartObject("flags");
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
            }, indented: true));
        }
    }
}
