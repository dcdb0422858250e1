using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using HeadCount.Annotations;
using HeadCount.Annotations.GeoJson;

namespace HeadCount.Inference;

/// <summary>One picture that was counted.</summary>
/// <param name="Image">Its path as it was given, with forward slashes.</param>
/// <param name="Result">What was counted.</param>
public sealed record CountedImage(string Image, CountResult Result);

/// <summary>Writes counts as CSV, JSON or GeoJSON into a stream, which stays open. Positions have hundredths of a pixel,
/// scores four digits.</summary>
public static class CountFile
{
    /// <summary>One line a picture: image, width, height, count and density.</summary>
    public static void WriteCounts(Stream output, IReadOnlyList<CountedImage> images) => WriteCsv(output, csv =>
    {
        Row(csv, "image", "width", "height", "count", "density");
        foreach ((string image, CountResult result) in images)
        {
            Row(csv, image, result.Width, result.Height, result.Count,
                result.DensitySum is double sum ? Math.Round(sum, 2) : null);
        }
    });

    /// <summary>One line a head: image, x, y and score; a picture without heads has one line with its name alone.</summary>
    public static void WriteHeads(Stream output, IReadOnlyList<CountedImage> images) => WriteCsv(output, csv =>
    {
        Row(csv, "image", "x", "y", "score");
        foreach ((string image, CountResult result) in images)
        {
            if (result.Count == 0)
                Row(csv, image, null, null, null);
            foreach (HeadPoint head in result.Heads)
                Row(csv, image, Math.Round(head.X, 2), Math.Round(head.Y, 2), Math.Round(head.Score, 4));
        }
    });

    private static void WriteCsv(Stream output, Action<CsvWriter> write)
    {
        using CsvWriter csv = CsvWriter.Create(output, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        write(csv);
    }

    private static void Row(CsvWriter csv, params ReadOnlySpan<object?> fields)
    {
        foreach (object? field in fields)
            csv.WriteField(Convert.ToString(field, CultureInfo.InvariantCulture));
        csv.EndRecord();
    }

    /// <summary>An array of pictures: image, width, height, count, density and heads (x, y, score).</summary>
    public static void WriteJson(Stream output, IReadOnlyList<CountedImage> images) => WriteJson(output, json =>
    {
        json.WriteStartArray();
        foreach ((string image, CountResult result) in images)
        {
            json.WriteStartObject();
            json.WriteString("image", image);
            json.WriteNumber("width", result.Width);
            json.WriteNumber("height", result.Height);
            json.WriteNumber("count", result.Count);
            if (result.DensitySum is double sum)
                json.WriteNumber("density", Math.Round(sum, 2));
            json.WriteStartArray("heads");
            foreach (HeadPoint head in result.Heads)
            {
                json.WriteStartObject();
                json.WriteNumber("x", Math.Round(head.X, 2));
                json.WriteNumber("y", Math.Round(head.Y, 2));
                json.WriteNumber("score", Math.Round(head.Score, 4));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    /// <summary>A point feature a head, as <see cref="GeoJsonFile"/>.</summary>
    public static void WriteGeoJson(Stream output, IReadOnlyList<CountedImage> images) => GeoJsonFile.Write(output,
        images.Select(image => new PictureHeads(image.Image, [.. image.Result.Heads.Select(head =>
            new HeadPoint(Math.Round(head.X, 2), Math.Round(head.Y, 2), Math.Round(head.Score, 4)))])));

    private static void WriteJson(Stream output, Action<Utf8JsonWriter> write)
    {
        // Paths stay readable: the output is no part of a web page.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(output, options))
            write(json);
        output.Write("\n"u8);
    }
}
