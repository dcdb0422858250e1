using HeadCount.Annotations.Json;
using HeadCount.IO;

namespace HeadCount.Annotations.GeoJson;

/// <summary>
/// GeoJSON (RFC 7946): a point feature a head with the properties <c>image</c> and <c>score</c>. The standard knows
/// degrees alone; these are pixels of each picture, y pointing down, which the foreign member <c>pixelCoordinates</c>
/// says. Pictures without heads are not in it. What QuPath writes is read too, a collection or an array of features:
/// points are heads, the rectangle around polygons goes by its label (<c>classification</c>); the picture is the one of
/// the file's name.
/// </summary>
public static class GeoJsonFile
{
    /// <summary>The format for conversion.</summary>
    public static AnnotationFormat Format { get; } = new(
        "geojson", "GeoJSON", "name.geojson beside name.jpg, or one with the property image")
    {
        IsTable = true,
        Recognises = Recognises,
        Locate = image => Path.ChangeExtension(image, ".geojson") is var beside && File.Exists(beside) ? beside : null,
        Read = (path, image, reading) => Read(path, image, reading),
        Write = Write,
    };

    private static bool Recognises(FileStart start) =>
        start.Text.Contains("\"FeatureCollection\"", StringComparison.Ordinal) && start.IsObject
        || start.IsArray && start.InnerNames.Contains("geometry");

    /// <summary>Reads the file's pictures, in the order of their first features.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">The picture of features that name none; that of the file's name otherwise.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the field.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, string? image = null, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        bool isArray = FileStart.Of(path).IsArray;
        string own = Path.GetFileName(image) ?? Path.GetFileNameWithoutExtension(path);
        return JsonStream.Read(path, json =>
        {
            var pictures = new List<(string Name, DrawnHeads Drawn)>();
            var byName = new Dictionary<string, DrawnHeads>();
            bool found = isArray;
            if (isArray)
            {
                json.Array("", Feature);
            }
            else
            {
                json.Object("", name =>
                {
                    if (name == "features")
                    {
                        found = true;
                        json.Array(name, Feature);
                    }
                    else
                    {
                        json.Skip();
                    }
                });
            }
            json.Finish();
            if (!found)
                throw new AnnotationException($"{path}: has no 'features'; expected a FeatureCollection of GeoJSON");
            // A file of one picture without features says that nobody is there.
            if (pictures.Count == 0 && image is not null)
                Of(own);
            return pictures.ConvertAll(picture => picture.Drawn.ToPicture(picture.Name));

            DrawnHeads Of(string name)
            {
                if (!byName.TryGetValue(name, out DrawnHeads? drawn))
                {
                    byName.Add(name, drawn = new DrawnHeads(reading));
                    pictures.Add((name, drawn));
                }
                return drawn;
            }

            void Feature(JsonField feature)
            {
                JsonField? properties = feature["properties"];
                string name = properties?["image"] is { IsText: true } given ? given.Text().Replace('\\', '/') : own;
                DrawnHeads drawn = Of(name);
                if (feature["geometry"] is not { } geometry)
                {
                    reading.Omit("features left out, which have no geometry");
                    return;
                }
                Shape(drawn, geometry, Label(properties), properties?["score"] is { } score ? score.Place.Score(score.Number()) : 1);
            }
        });
    }

    private static void Shape(DrawnHeads drawn, JsonField geometry, string label, double score)
    {
        string type = geometry.Field("type").Text();
        JsonField[] points = type switch
        {
            "Point" => [geometry.Field("coordinates")],
            "MultiPoint" or "LineString" => [.. geometry.Field("coordinates").Items()],
            "Polygon" or "MultiLineString" => [.. geometry.Field("coordinates").Items().SelectMany(ring => ring.Items())],
            "MultiPolygon" => [.. geometry.Field("coordinates").Items().SelectMany(part => part.Items()).SelectMany(ring => ring.Items())],
            _ => [],
        };
        HeadPoint[] places = [.. points.Select(point =>
        {
            double[] values = point.Numbers(2);
            return point.Place.Point(values[0], values[1], score);
        })];
        if (places.Length == 0)
        {
            drawn.Reading.Omit("features left out, whose geometry is empty or not read", type);
        }
        else if (type is "Point" or "MultiPoint")
        {
            foreach (HeadPoint place in places)
                drawn.Add(label, place);
        }
        else if (label.Length > 0)
        {
            drawn.Add(label, HeadBox.Bounds(places), score);
        }
        else
        {
            drawn.Reading.Guess("regions without a label taken for heads");
            drawn.Add(LabelKind.Head, label, HeadBox.Bounds(places), score);
        }
    }

    /// <summary>What the properties call it: QuPath's classification, else a label, class or name.</summary>
    private static string Label(JsonField? properties)
    {
        if (properties?["classification"] is { } classification)
            return classification.IsText ? classification.Text()
                : classification is { IsObject: true } && classification["name"] is { IsText: true } name ? name.Text() : "";
        return ((string[])["label", "class", "category", "name"])
            .Select(key => properties?[key]).FirstOrDefault(field => field is { IsText: true })?.Text() ?? "";
    }

    /// <summary>Writes a file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        WholeFile.Write(path, stream => Write(stream, pictures));
    }

    /// <summary>Writes into a stream, which stays open.</summary>
    public static void Write(Stream stream, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        JsonOutput.Write(stream, json =>
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            // A foreign member (RFC 7946, 6.1); "coordinates" must not stand here (7.1).
            json.WriteString("pixelCoordinates", "pixels of the upright picture, x right, y down");
            json.WriteStartArray("features");
            foreach (PictureHeads picture in pictures)
                foreach (HeadPoint head in picture.Heads)
                {
                    json.WriteStartObject();
                    json.WriteString("type", "Feature");
                    json.WriteStartObject("geometry");
                    json.WriteString("type", "Point");
                    json.WriteNumbers("coordinates", head.X, head.Y);
                    json.WriteEndObject();
                    json.WriteStartObject("properties");
                    json.WriteString("image", picture.Name);
                    json.WriteNumber("score", head.Score);
                    json.WriteEndObject();
                    json.WriteEndObject();
                    json.FlushSome();
                }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
