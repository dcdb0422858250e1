using System.Globalization;
using CsvHelper;
using HeadCount.Annotations;
using HeadCount.IO;
using HeadCount.Tiling;

namespace HeadCount.Slicing;

/// <summary>
/// The table of slices, by which what was found in them is put back: <c>slice,image,x,y,width,height</c> and the core
/// <c>core_x,core_y,core_width,core_height</c>, all in pixels of the picture; comma separated.
/// </summary>
public static class SliceIndex
{
    /// <summary>The index's name in the folder of slices.</summary>
    public const string FileName = "slices.csv";

    private static readonly string[] Columns =
        ["slice", "image", "x", "y", "width", "height", "core_x", "core_y", "core_width", "core_height"];

    /// <summary>Writes the table, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<Slice> slices) => WholeFile.Write(path, stream =>
    {
        using CsvWriter csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord(Columns);
        foreach (Slice slice in slices)
        {
            csv.WriteRecord([slice.File, slice.Image, .. new[] { slice.Bounds, slice.Core }
                .SelectMany(rect => (int[])[rect.X, rect.Y, rect.Width, rect.Height])
                .Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        }
    });

    /// <summary>Reads the table.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names file and line.
    /// </exception>
    public static IReadOnlyList<Slice> Read(string path) => AnnotationText.Read(path, reader =>
    {
        try
        {
            return Read(path, reader);
        }
        catch (CsvFormatException e)
        {
            throw Malformed(path, e.LineNumber, e);
        }
    });

    /// <summary>Puts heads that were found in slices back into the pictures that these were cut from. Of heads in an
    /// overlap those count whose slice owns the place, so each counts once.</summary>
    /// <param name="slices">The index.</param>
    /// <param name="found">Heads by slice, in the slice's coordinates; a slice is known by its file's name, whatever its
    /// folder. Slices that are not there hold nobody.</param>
    /// <returns>All pictures of the index, in its order.</returns>
    /// <exception cref="AnnotationException">Heads are of no slice of the index, or a slice is there twice.</exception>
    public static IReadOnlyList<PictureHeads> Merge(IReadOnlyList<Slice> slices, IEnumerable<PictureHeads> found)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(found);
        var bySlice = slices.ToDictionary(slice => FileNameOf(slice.File));
        var heads = new Dictionary<string, List<HeadPoint>>();
        foreach (Slice slice in slices)
            heads.TryAdd(slice.Image, []);
        var seen = new HashSet<string>();
        foreach (PictureHeads picture in found)
        {
            if (!bySlice.TryGetValue(FileNameOf(picture.Name), out Slice? slice))
                throw new AnnotationException($"{picture.Name}: no slice of the index is called so; give its own slices.csv");
            if (!seen.Add(slice.File))
                throw new AnnotationException($"{picture.Name}: the slice is there twice; keep one of them");
            heads[slice.Image].AddRange(picture.Heads
                .Select(head => head with { X = head.X + slice.Bounds.X, Y = head.Y + slice.Bounds.Y })
                .Where(head => slice.Core.Contains(head.X, head.Y)));
        }
        return [.. heads.Select(image => new PictureHeads(
            image.Key, [.. image.Value.OrderBy(head => head.Y).ThenBy(head => head.X)]))];
    }

    private static List<Slice> Read(string path, TextReader text)
    {
        using CsvReader csv = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
        });
        csv.ReadHeader();
        if (!csv.Headers.ToArray().SequenceEqual(Columns))
            throw Malformed(path, 1);
        var slices = new List<Slice>();
        while (csv.Read())
        {
            int[] numbers = [.. Enumerable.Range(2, 8).Select(column => int.TryParse(
                csv.GetString(column), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw Malformed(path, csv.LineNumber))];
            slices.Add(new Slice(csv.GetString(0), csv.GetString(1),
                new PixelRect(numbers[0], numbers[1], numbers[2], numbers[3]),
                new PixelRect(numbers[4], numbers[5], numbers[6], numbers[7])));
        }
        if (slices.CountBy(slice => FileNameOf(slice.File)).FirstOrDefault(pair => pair.Value > 1) is { Key: { } twice })
            throw new AnnotationException($"{path}: lists slice '{twice}' twice; write it again with headcount slice");
        return slices;
    }

    private static string FileNameOf(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static AnnotationException Malformed(string path, long line, Exception? inner = null)
    {
        string message = $"{path}, line {line} is malformed; expected {string.Join(',', Columns)} as headcount slice writes it";
        return inner is null ? new AnnotationException(message) : new AnnotationException(message, inner);
    }
}
