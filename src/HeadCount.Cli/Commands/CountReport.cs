using System.Globalization;
using System.Text;
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

/// <summary>Prints and saves counts as a table, CSV, JSON or GeoJSON.</summary>
internal static class CountReport
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <param name="output">Where it is written.</param>
    /// <param name="format">How.</param>
    /// <param name="images">The counts.</param>
    /// <param name="mark">Whether CSV begins with a byte order mark.</param>
    internal static void Print(Stream output, CountFormat format, IReadOnlyList<CountedImage> images, bool mark = false)
    {
        switch (format)
        {
            case CountFormat.Csv: WriteCsv(output, mark, () => CountFile.WriteCounts(output, images)); break;
            case CountFormat.Json: CountFile.WriteJson(output, images); break;
            case CountFormat.GeoJson: CountFile.WriteGeoJson(output, images); break;
            default: WriteTable(output, images); break;
        }
    }

    /// <summary>
    /// Writes counts.csv and heads.csv, and counts.json or heads.geojson where that format is asked for.
    /// </summary>
    internal static void Save(string folder, CountFormat format, IReadOnlyList<CountedImage> images, bool mark = false)
    {
        WholeFile.Write(Path.Combine(folder, "counts.csv"), stream => WriteCsv(stream, mark, () => CountFile.WriteCounts(stream, images)));
        WholeFile.Write(Path.Combine(folder, "heads.csv"), stream => WriteCsv(stream, mark, () => CountFile.WriteHeads(stream, images)));
        if (format == CountFormat.Json)
            WholeFile.Write(Path.Combine(folder, "counts.json"), stream => CountFile.WriteJson(stream, images));
        if (format == CountFormat.GeoJson)
            WholeFile.Write(Path.Combine(folder, "heads.geojson"), stream => CountFile.WriteGeoJson(stream, images));
    }

    private static void WriteCsv(Stream output, bool mark, Action write)
    {
        if (mark)
            output.Write(Encoding.UTF8.Preamble);
        write();
    }

    private static void WriteTable(Stream output, IReadOnlyList<CountedImage> images)
    {
        long total = images.Sum(i => (long)i.Result.Count);
        int width = Math.Max("heads".Length, total.ToString(CultureInfo.InvariantCulture).Length);
        using var text = new StreamWriter(output, Utf8, leaveOpen: true);
        text.Write($"{"heads".PadLeft(width)}  picture\n");
        foreach (CountedImage image in images)
            text.Write($"{Pad(image.Result.Count)}  {Printable.Of(image.Image)}\n");
        if (images.Count > 1)
            text.Write($"{Pad(total)}  in {images.Count} pictures\n");

        string Pad(long count) => count.ToString(CultureInfo.InvariantCulture).PadLeft(width);
    }
}
