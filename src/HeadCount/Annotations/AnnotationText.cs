using System.Text;
using HeadCount.IO;

namespace HeadCount.Annotations;

/// <summary>Opens annotation files and turns what the system says of them into one line with the path.</summary>
internal static class AnnotationText
{
    /// <summary>Limit of files that are held in memory, in bytes.</summary>
    internal const long MaxBytes = 256 << 20;

    /// <summary>UTF-8 that refuses what it is not; a byte order mark may say UTF-16.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a text file that is not empty and no longer than so many bytes.</summary>
    internal static T Read<T>(string path, Func<TextReader, T> read, long maxBytes = MaxBytes) => OpenText(path, maxBytes,
        reader => reader.Peek() < 0 ? throw new AnnotationException($"{path}: the file is empty") : read(reader));

    /// <summary>
    /// Turns the lines of a text file, which may be empty, into something each; blank ones are left out.
    /// </summary>
    internal static List<T> Lines<T>(string path, Func<AnnotationPlace, string, T> read) => OpenText(path, MaxBytes, reader =>
    {
        var items = new List<T>();
        for (int line = 1; reader.ReadLine() is { } text; line++)
            if (!string.IsNullOrWhiteSpace(text))
                items.Add(read(AnnotationPlace.Line(path, line), text));
        return items;
    });

    /// <summary>Reads rows of numbers separated by white space or commas; an empty file holds none.</summary>
    internal static List<NumberRow> Rows(string path) => Lines(path, NumberRow.Parse);

    internal static void CheckLength(string path, Stream stream, long maxBytes)
    {
        if (stream.Length > maxBytes)
            throw new AnnotationException($"{path}: {stream.Length} bytes, more than the {maxBytes} that are read");
    }

    private static T OpenText<T>(string path, long maxBytes, Func<StreamReader, T> read) => Open(path, stream =>
    {
        CheckLength(path, stream, maxBytes);
        try
        {
            using var reader = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
            return read(reader);
        }
        catch (DecoderFallbackException e)
        {
            throw new AnnotationException($"{path}, line {InvalidLine(stream)}: no valid UTF-8 text; save the file as UTF-8", e);
        }
    });

    /// <summary>The first line that is no UTF-8.</summary>
    private static int InvalidLine(Stream stream)
    {
        stream.Seek(0, SeekOrigin.Begin);
        // Latin-1 keeps every byte as a letter.
        using var reader = new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        int line = 1;
        for (; reader.ReadLine() is { } text; line++)
            if (!System.Text.Unicode.Utf8.IsValid(Encoding.Latin1.GetBytes(text)))
                break;
        return line;
    }

    /// <summary>Opens a file, or what is kept of a pipe.</summary>
    internal static T Open<T>(string path, Func<Stream, T> read)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new AnnotationException($"{path}: a path with a null character; the file that names it is damaged");
        if (Directory.Exists(path))
            throw new AnnotationException($"{path}: is a folder; give the annotation file");
        try
        {
            using Stream stream = InputFile.Open(path);
            // Devices such as /dev/zero have no length and no end.
            return read(stream.Length > 0 ? stream : Stream.Null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AnnotationException($"{path}: no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AnnotationException($"{path}: may not be read; check its permissions", e);
        }
        catch (IOException e)
        {
            throw new AnnotationException($"{path}: cannot be read ({e.Message})", e);
        }
    }
}
