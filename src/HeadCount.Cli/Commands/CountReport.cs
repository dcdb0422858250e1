using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using HeadCount.Annotations;
using HeadCount.Annotations.GeoJson;
using HeadCount.Inference;
using HeadCount.IO;

namespace HeadCount.Cli.Commands;

/// <summary>What <c>headcount count</c> can print.</summary>
internal enum CountFormat
{
    Table,
    Csv,
    Json,
    GeoJson,
}

/// <summary>One picture that was counted.</summary>
/// <param name="Image">Its path as it was given, with forward slashes.</param>
/// <param name="Result">What was counted.</param>
internal sealed record CountedImage(string Image, CountResult Result);

/// <summary>Writes counts as a table, CSV, JSON or GeoJSON. Positions have hundredths of a pixel, scores four
/// digits.</summary>
internal static class CountReport
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    internal static void Print(Stream output, CountFormat format, IReadOnlyList<CountedImage> images)
    {
        switch (format)
        {
            case CountFormat.Csv: WriteCounts(output, images); break;
            case CountFormat.Json: WriteJson(output, images); break;
            case CountFormat.GeoJson: WriteGeoJson(output, images); break;
            default: WriteTable(output, images); break;
        }
    }

    /// <summary>
    /// Writes counts.csv and heads.csv, and counts.json or heads.geojson where that format is asked for.
    /// </summary>
    internal static void Save(string folder, CountFormat format, IReadOnlyList<CountedImage> images)
    {
        WholeFile.Write(Path.Combine(folder, "counts.csv"), stream => WriteCounts(stream, images));
        WholeFile.Write(Path.Combine(folder, "heads.csv"), stream => WriteHeads(stream, images));
        if (format == CountFormat.Json)
            WholeFile.Write(Path.Combine(folder, "counts.json"), stream => WriteJson(stream, images));
        if (format == CountFormat.GeoJson)
            WholeFile.Write(Path.Combine(folder, "heads.geojson"), stream => WriteGeoJson(stream, images));
    }

    private static void WriteTable(Stream output, IReadOnlyList<CountedImage> images)
    {
        long total = images.Sum(i => (long)i.Result.Count);
        int width = Math.Max("heads".Length, total.ToString(CultureInfo.InvariantCulture).Length);
        using var text = new StreamWriter(output, Utf8, leaveOpen: true);
        text.Write($"{"heads".PadLeft(width)}  picture\n");
        foreach (CountedImage image in images)
            text.Write($"{Pad(image.Result.Count)}  {image.Image}\n");
        if (images.Count > 1)
            text.Write($"{Pad(total)}  in {images.Count} pictures\n");

        string Pad(long count) => count.ToString(CultureInfo.InvariantCulture).PadLeft(width);
    }

    private static void WriteCounts(Stream output, IReadOnlyList<CountedImage> images) => WriteCsv(output, csv =>
    {
        Row(csv, "image", "width", "height", "count", "density");
        foreach ((string image, CountResult result) in images)
        {
            Row(csv, image, result.Width, result.Height, result.Count,
                result.DensitySum is double sum ? Math.Round(sum, 2) : null);
        }
    });

    private static void WriteHeads(Stream output, IReadOnlyList<CountedImage> images) => WriteCsv(output, csv =>
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

    private static void WriteJson(Stream output, IReadOnlyList<CountedImage> images) => WriteJson(output, json =>
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

    private static void WriteGeoJson(Stream output, IReadOnlyList<CountedImage> images) => GeoJsonFile.Write(output,
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
