using HeadCount.Annotations.Json;
using HeadCount.IO;

namespace HeadCount.Annotations.GeoJson;

/// <summary>
/// GeoJSON, written only: a point feature a head with the properties <c>image</c> and <c>score</c>. RFC 7946 knows
/// degrees alone; these are pixels of each picture, y pointing down. Pictures without heads are not in it.
/// </summary>
public static class GeoJsonFile
{
    /// <summary>The format for conversion.</summary>
    public static AnnotationFormat Format { get; } = new("geojson", "GeoJSON", "a .geojson, written only")
    {
        IsTable = true,
        Write = Write,
    };

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
            json.WriteString("coordinates", "pixels of the upright picture, x right, y down");
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
