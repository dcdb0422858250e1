using System.Globalization;
using CsvHelper;
using HeadCount.Annotations;
using HeadCount.IO;

namespace HeadCount.Evaluation;

/// <summary>
/// The pictures of an evaluation as a table, from which evaluations are compared: columns <c>image</c>, <c>truth</c>,
/// <c>predicted</c>, <c>density</c> (empty without a density map) and for each radius <c>tp@4</c>, <c>fp@4</c>,
/// <c>fn@4</c>; comma separated, invariant numbers.
/// </summary>
public static class PictureScoreFile
{
    private const string Layout = "image,truth,predicted,density,tp@R,fp@R,fn@R as evaluate --report writes it";

    /// <summary>Writes the pictures, one row each. The file appears whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="pictures">At least one, all scored at the same radii.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IReadOnlyList<PictureScore> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        WholeFile.Write(path, stream =>
        {
            using CsvWriter csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
            var radii = pictures[0].Localization.Select(entry => Text(entry.Radius));
            csv.WriteRecord(["image", "truth", "predicted", "density",
                .. radii.SelectMany(radius => (string[])[$"tp@{radius}", $"fp@{radius}", $"fn@{radius}"])]);
            foreach (PictureScore picture in pictures)
                csv.WriteRecord([picture.Name, Text(picture.Truth), Text(picture.Predicted), Text(picture.DensitySum),
                    .. picture.Localization.SelectMany(entry => (string[])[Text(entry.Score.TruePositives),
                        Text(entry.Score.FalsePositives), Text(entry.Score.FalseNegatives)])]);
        });
    }

    /// <summary>Reads the pictures back.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names file and line.
    /// </exception>
    public static IReadOnlyList<PictureScore> Read(string path) => AnnotationText.Read(path, reader =>
    {
        try
        {
            return Read(path, reader);
        }
        catch (CsvFormatException e)
        {
            throw new AnnotationException($"{path}, line {e.LineNumber} is malformed; expected {Layout}", e);
        }
    });

    private static List<PictureScore> Read(string path, TextReader text)
    {
        using CsvReader csv = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
        });
        csv.ReadHeader();
        string[] headers = csv.Headers.ToArray();
        if (headers is not ["image", "truth", "predicted", "density", ..] || headers.Length % 3 != 1)
            throw new AnnotationException($"{path}: line 1 is '{string.Join(',', headers)}'; expected {Layout}");
        double[] radii = [.. Enumerable.Range(0, (headers.Length - 4) / 3)
            .Select(i => Radius(path, headers, 4 + 3 * i))];
        var pictures = new List<PictureScore>();
        while (csv.Read())
        {
            pictures.Add(new PictureScore(csv.GetString(0), (int)Number(1), (int)Number(2),
                [.. radii.Select((radius, i) => (radius, new LocalizationScore(
                    (long)Number(4 + 3 * i), (long)Number(5 + 3 * i), (long)Number(6 + 3 * i))))])
            {
                DensitySum = csv.IsEmpty(3) ? null : Number(3),
            });
        }
        return pictures.Count > 0 ? pictures : throw new AnnotationException($"{path}: holds no pictures");

        double Number(int column)
        {
            string field = csv.GetString(column);
            return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number)
                && (column == 3 || (number >= 0 && number <= int.MaxValue && number % 1 == 0))
                ? number
                : throw new AnnotationException(
                    $"{path}, line {csv.LineNumber}: {headers[column]} is '{field}', which is no count; expected "
                    + $"{Layout}");
        }
    }

    private static double Radius(string path, string[] headers, int column)
    {
        string text = headers[column].Split('@')[^1];
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double radius)
            && headers.AsSpan(column, 3) is [var tp, var fp, var fn]
            && (tp, fp, fn) == ($"tp@{text}", $"fp@{text}", $"fn@{text}")
            ? radius
            : throw new AnnotationException(
                $"{path}: line 1 has the columns {string.Join(',', headers[column..(column + 3)])}; expected {Layout}");
    }

    private static string Text(double? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
