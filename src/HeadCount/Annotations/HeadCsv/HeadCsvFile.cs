using System.Globalization;
using System.Text;
using CsvHelper;
using HeadCount.IO;

namespace HeadCount.Annotations.HeadCsv;

/// <summary>
/// HeadCount's own table of heads: <c>image,x,y[,score]</c>, one row a head, in any order, comma separated, invariant
/// numbers, coordinates as in <see cref="HeadPoint"/>. A picture without heads is one row with empty x and y.
/// Further columns are ignored; without a score column (or with an empty score) the score is 1.
/// </summary>
public static class HeadCsvFile
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "csv", "HeadCount CSV", $"annotations.csv or heads.csv with {Layout}")
    {
        IsTable = true,
        Recognises = start => start.Extension == ".CSV"
            || start.FirstLine.Split(',').Intersect(["image", "x", "y"]).Count() == 3,
        Read = (path, _, reading) => Read(path, reading),
        Write = (path, pictures) => Write(path, pictures),
    };

    /// <summary>The format's shape, for messages.</summary>
    internal const string Layout = "image,x,y[,score]";

    /// <summary>Reads the file's pictures in the order of their first rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">
    /// The file is missing or a row is malformed; the message names file and line.
    /// </exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null) =>
        AnnotationText.Read(path, reader =>
    {
        try
        {
            return Read(path, reader, reading ?? new AnnotationReading());
        }
        catch (CsvFormatException e)
        {
            throw Malformed(path, e.LineNumber, "is malformed: " + e.Message.Split('\n')[0].TrimEnd('\r', '.'), e);
        }
    }, long.MaxValue);

    private static List<PictureHeads> Read(string path, TextReader text, AnnotationReading reading)
    {
        using CsvReader csv = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = ',',
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MaxRecordSize = 1 << 16,
        });
        csv.ReadHeader();
        if (!csv.TryGetFieldIndex("image", out int image) || !csv.TryGetFieldIndex("x", out int xColumn)
            || !csv.TryGetFieldIndex("y", out int yColumn))
            throw new AnnotationException($"{path}: line 1 is '{string.Join(',', csv.Headers.ToArray())}'; " +
                $"expected the column names {Layout}");
        bool hasScore = csv.TryGetFieldIndex("score", out int scoreColumn);
        foreach (string header in csv.Headers.ToArray())
            if (header is not ("image" or "x" or "y" or "score"))
                reading.Omit("columns left out, which say nothing of heads", header);

        var pictures = new List<PictureHeads>();
        var headsOf = new Dictionary<string, List<HeadPoint>>();
        while (csv.Read())
        {
            string name = csv.GetString(image).Replace('\\', '/');
            if (name.Length == 0)
                throw Malformed(path, csv.LineNumber, "names no image");
            if (!headsOf.TryGetValue(name, out List<HeadPoint>? heads))
            {
                headsOf.Add(name, heads = []);
                pictures.Add(new PictureHeads(name, heads));
            }
            if (csv.IsEmpty(xColumn) && csv.IsEmpty(yColumn))
                continue;
            double x = Number(path, csv, "x", xColumn);
            double y = Number(path, csv, "y", yColumn);
            double score = hasScore && !csv.IsEmpty(scoreColumn) ? Number(path, csv, "score", scoreColumn) : 1;
            if (score is < 0 or > 1)
                throw Malformed(path, csv.LineNumber,
                    string.Create(CultureInfo.InvariantCulture, $"has score {score}, outside 0..1"));
            heads.Add(AnnotationPlace.Line(path, (int)csv.LineNumber).Point(x, y, score));
        }
        return pictures;
    }

    private static double Number(string path, CsvReader csv, string column, int index)
    {
        // Parsed here: the reader takes commas inside quotes for thousands separators, where they may be decimals.
        string text = csv.GetString(index);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
            ? number
            : throw Malformed(path, csv.LineNumber, $"has {column} '{text}', which is no number");
    }

    private static AnnotationException Malformed(string path, long line, string what, Exception? inner = null)
    {
        string message = $"{path}, line {line} {what}; expected {Layout}";
        return inner is null ? new AnnotationException(message) : new AnnotationException(message, inner);
    }

    /// <summary>
    /// Writes pictures so that <see cref="Read(string, AnnotationReading)"/> gives them back exactly, one row a head or one row for a
    /// picture without heads. The score column is left out when every score is 1. The pictures are walked
    /// through twice. Ignored regions are not kept.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="byteOrderMark">Whether it begins with a byte order mark, by which spreadsheets tell UTF-8.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures, bool byteOrderMark = false)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        bool scores = pictures.Any(picture => picture.Heads.Any(head => head.Score != 1));
        WholeFile.Write(path, stream =>
        {
            if (byteOrderMark)
                stream.Write(Encoding.UTF8.Preamble);
            using CsvWriter csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
            csv.WriteRecord(scores ? ["image", "x", "y", "score"] : ["image", "x", "y"]);
            foreach (PictureHeads picture in pictures)
            {
                if (picture.Heads.Count == 0)
                    csv.WriteRecord(scores ? [picture.Name, "", "", ""] : [picture.Name, "", ""]);
                foreach (HeadPoint head in picture.Heads)
                {
                    csv.WriteField(picture.Name);
                    csv.WriteField(head.X);
                    csv.WriteField(head.Y);
                    if (scores)
                        csv.WriteField(head.Score);
                    csv.EndRecord();
                }
            }
        });
    }
}
