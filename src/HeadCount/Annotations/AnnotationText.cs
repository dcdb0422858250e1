namespace HeadCount.Annotations;

/// <summary>Opens annotation files and turns what the system says of them into one line with the path.</summary>
internal static class AnnotationText
{
    /// <summary>Limit of files that are held in memory, in bytes.</summary>
    internal const long MaxBytes = 256 << 20;

    /// <summary>Reads a text file that is not empty and no longer than so many bytes.</summary>
    internal static T Read<T>(string path, Func<TextReader, T> read, long maxBytes = MaxBytes) => Open(path, stream =>
    {
        CheckLength(path, stream, maxBytes);
        using var reader = new StreamReader(stream);
        return reader.Peek() < 0 ? throw new AnnotationException($"{path}: the file is empty") : read(reader);
    });

    /// <summary>
    /// Turns the lines of a text file, which may be empty, into something each; blank ones are left out.
    /// </summary>
    internal static List<T> Lines<T>(string path, Func<AnnotationPlace, string, T> read) => Open(path, stream =>
    {
        CheckLength(path, stream, MaxBytes);
        using var reader = new StreamReader(stream);
        var items = new List<T>();
        for (int line = 1; reader.ReadLine() is { } text; line++)
            if (!string.IsNullOrWhiteSpace(text))
                items.Add(read(AnnotationPlace.Line(path, line), text));
        return items;
    });

    /// <summary>Reads rows of numbers separated by blanks, tabs or commas; an empty file holds none.</summary>
    internal static List<NumberRow> Rows(string path) => Lines(path, NumberRow.Parse);

    internal static void CheckLength(string path, Stream stream, long maxBytes)
    {
        if (stream.Length > maxBytes)
            throw new AnnotationException($"{path}: {stream.Length} bytes, more than the {maxBytes} that are read");
    }

    /// <summary>Opens a file.</summary>
    internal static T Open<T>(string path, Func<Stream, T> read)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new AnnotationException($"{path}: a path with a null character; the file that names it is damaged");
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (!stream.CanSeek)
                throw new AnnotationException($"{path}: a pipe or device; expected a file");
            // Devices such as /dev/zero have no length and no end.
            return read(stream.Length > 0 ? stream : Stream.Null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AnnotationException($"{path}: no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AnnotationException($"{path}: cannot be read ({e.Message})", e);
        }
    }
}
