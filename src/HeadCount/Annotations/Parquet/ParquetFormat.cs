using HeadCount.IO;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace HeadCount.Annotations.Parquet;

/// <summary>
/// Apache Parquet with a row a head: the columns <c>image</c>, <c>x</c>, <c>y</c> and, where it is there,
/// <c>score</c>, as in <see cref="HeadCsv.HeadCsvFile"/>. A picture without heads is one row with null for x and y;
/// rows stand in any order; without a score it is 1; further columns are ignored. Row groups are read and written one
/// after the other.
/// </summary>
public static class ParquetFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "parquet", "Parquet", $"a .parquet with columns {Columns} in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.Extension == ".PARQUET" || start.Text.StartsWith("PAR1", StringComparison.Ordinal),
        Read = (path, _, reading) => Read(path, reading),
        Write = Write,
    };

    private const string Columns = "image, x, y and perhaps score";

    /// <summary>Rows of a group that is written.</summary>
    private const int GroupRows = 1 << 16;

    /// <summary>Rows of a group that is read, as it is held in memory.</summary>
    private const int MaxGroupRows = 1 << 22;

    /// <summary>Longer than any path.</summary>
    private const int MaxNameLength = 1 << 15;

    /// <summary>Reads the file's pictures in the order of their first rows, at 20 bytes of memory a head.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">
    /// The file is missing or malformed; the message names file and row.
    /// </exception>
    public static IReadOnlyCollection<PictureHeads> Read(string path, AnnotationReading? reading = null) =>
        AnnotationText.Open(path, stream =>
    {
        try
        {
            ParquetGuard.CheckFooter(stream);
            return ReadAsync(path, stream, reading ?? new AnnotationReading()).GetAwaiter().GetResult();
        }
        // Damage shows in the library in many ways: as bad indices, lengths, types and references.
        catch (Exception e) when (e is not AnnotationException)
        {
            throw new AnnotationException($"{path}: no Parquet file, or a damaged one ({e.Message}); " +
                "replace it with an intact copy", e);
        }
    });

    private static async Task<IReadOnlyCollection<PictureHeads>> ReadAsync(
        string path, Stream stream, AnnotationReading reading)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true)
            .ConfigureAwait(false);
        DataField image = Field("image"), x = Field("x"), y = Field("y");
        DataField? score = Find("score");
        foreach (Field field in reader.Schema.Fields)
            if (field.Name is not ("image" or "x" or "y" or "score"))
                reading.Omit("columns left out, which say nothing of heads", field.Name);
        var store = new HeadStore();
        var indices = new Dictionary<string, int>();
        long row = 0;
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            if (group.RowCount is < 0 or > MaxGroupRows)
                throw new AnnotationException($"{path}: a row group of {group.RowCount} rows, more than the " +
                    $"{MaxGroupRows} that are read; write it with smaller ones");
            int rows = (int)group.RowCount;
            var columns = new ColumnReader(stream, reader.Metadata!, group);
            string?[] names = await NamesAsync(path, columns, image, row).ConfigureAwait(false);
            double?[] xs = await NumbersAsync(path, columns, x).ConfigureAwait(false);
            double?[] ys = await NumbersAsync(path, columns, y).ConfigureAwait(false);
            double?[]? scores = score is null ? null : await NumbersAsync(path, columns, score).ConfigureAwait(false);
            for (int k = 0; k < rows; k++)
            {
                row++;
                if (string.IsNullOrEmpty(names[k]))
                    throw Place(path, row).Error("names no image");
                string name = names[k]!;
                if (!indices.TryGetValue(name, out int picture))
                    indices.Add(name, picture = store.AddPicture(name.Replace('\\', '/'), null));
                if (xs[k] is null && ys[k] is null)
                    continue;
                if (xs[k] is not { } left || ys[k] is not { } top)
                    throw Place(path, row).Error("has only one of x and y");
                store.Add(picture, Place(path, row).Point(left, top, scores?[k] ?? 1));
            }
        }
        return store;

        DataField? Find(string name) =>
            reader.Schema.Fields.OfType<DataField>().FirstOrDefault(field => field.Name == name && !field.IsArray);

        DataField Field(string name) => Find(name) ?? throw new AnnotationException(
            $"{path}: has no column '{name}' (found: {string.Join(", ",
                reader.Schema.Fields.Take(8).Select(field => field.Name).DefaultIfEmpty("nothing"))}); expected {Columns}");
    }

    private static AnnotationPlace Place(string path, long row) => new(path, $", row {row}");

    /// <summary>Names of a group's rows; equal ones that follow each other share their text.</summary>
    private static async ValueTask<string?[]> NamesAsync(
        string path, ColumnReader column, DataField field, long row)
    {
        if (field.ClrType != typeof(ReadOnlyMemory<char>))
            throw WrongType(path, field, "text");
        ReadOnlyMemory<char>?[] texts = await column.ReadAsync(field, ReadOnlyMemory<char>.Empty).ConfigureAwait(false);
        var names = new string?[texts.Length];
        string? last = null;
        for (int i = 0; i < names.Length; i++)
        {
            if (texts[i] is not { } text)
                continue;
            if (text.Length > MaxNameLength)
                throw Place(path, row + i + 1).Error($"an image name of {text.Length} characters");
            if (last is null || !text.Span.SequenceEqual(last))
                last = text.ToString();
            names[i] = last;
        }
        return names;
    }

    private static async ValueTask<double?[]> NumbersAsync(string path, ColumnReader column, DataField field)
    {
        if (field.ClrType == typeof(double))
            return await column.ReadAsync(field, double.NaN).ConfigureAwait(false);
        if (field.ClrType == typeof(float))
            return Array.ConvertAll(await column.ReadAsync(field, float.NaN).ConfigureAwait(false), x => (double?)x);
        if (field.ClrType == typeof(int))
            return Array.ConvertAll(await column.ReadAsync(field, int.MinValue).ConfigureAwait(false), x => (double?)x);
        if (field.ClrType == typeof(long))
            return Array.ConvertAll(await column.ReadAsync(field, long.MinValue).ConfigureAwait(false), x => (double?)x);
        throw WrongType(path, field, "numbers");
    }

    /// <summary>Columns of one row group.</summary>
    private sealed class ColumnReader(Stream stream, FileMetaData file, ParquetRowGroupReader group)
    {
        /// <summary>A column's values, null where there are none; <paramref name="lost"/> where damage left a gap.</summary>
        internal async ValueTask<T?[]> ReadAsync<T>(DataField field, T lost) where T : struct
        {
            ParquetGuard.CheckPages(stream, file, group, field);
            var values = new T[group.RowCount];
            Array.Fill(values, lost);
            int[]? levels = field.MaxDefinitionLevel > 0 ? new int[values.Length] : null;
            // Null as an array would become an empty memory instead of none.
            Memory<int>? memory = levels is null ? default(Memory<int>?) : levels;
            await group.ReadRawAsync<T>(field, values, memory, null).ConfigureAwait(false);
            var rows = new T?[values.Length];
            int at = 0;
            for (int i = 0; i < rows.Length; i++)
                if (levels is null || levels[i] == field.MaxDefinitionLevel)
                    rows[i] = values[at++];
            return rows;
        }
    }

    private static AnnotationException WrongType(string path, DataField field, string expected) =>
        new($"{path}: column '{field.Name}' holds {field.ClrType.Name}; expected {expected}");

    /// <summary>
    /// Writes pictures so that <see cref="Read(string, AnnotationReading)"/> gives them back exactly. The score column is left out when
    /// every score is 1. The pictures are walked through twice. Ignored regions are not kept.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        bool scores = pictures.Any(picture => picture.Heads.Any(head => head.Score != 1));
        WholeFile.Write(path, stream => WriteAsync(stream, pictures, scores).GetAwaiter().GetResult());
    }

    private static async Task WriteAsync(Stream stream, IEnumerable<PictureHeads> pictures, bool withScores)
    {
        var image = new DataField<string>("image", nullable: false);
        var x = new DataField<double?>("x");
        var y = new DataField<double?>("y");
        var score = new DataField<double?>("score");
        var names = new List<string>();
        var numbers = (X: new List<double?>(), Y: new List<double?>(), Score: new List<double?>());
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(
            new ParquetSchema(withScores ? [image, x, y, score] : [image, x, y]), stream).ConfigureAwait(false);
        foreach (PictureHeads picture in pictures)
        {
            if (picture.Heads.Count == 0)
                await AddAsync(picture.Name, null).ConfigureAwait(false);
            foreach (HeadPoint head in picture.Heads)
                await AddAsync(picture.Name, head).ConfigureAwait(false);
        }
        if (names.Count > 0)
            await FlushAsync().ConfigureAwait(false);

        async ValueTask AddAsync(string name, HeadPoint? head)
        {
            names.Add(name);
            numbers.X.Add(head?.X);
            numbers.Y.Add(head?.Y);
            numbers.Score.Add(head?.Score);
            if (names.Count == GroupRows)
                await FlushAsync().ConfigureAwait(false);
        }

        async Task FlushAsync()
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(image, names).ConfigureAwait(false);
            await group.WriteAsync<double>(x, numbers.X.ToArray()).ConfigureAwait(false);
            await group.WriteAsync<double>(y, numbers.Y.ToArray()).ConfigureAwait(false);
            if (withScores)
                await group.WriteAsync<double>(score, numbers.Score.ToArray()).ConfigureAwait(false);
            group.CompleteValidate();
            names.Clear();
            numbers.X.Clear();
            numbers.Y.Clear();
            numbers.Score.Clear();
        }
    }
}
