namespace HeadCount.Annotations;

/// <summary>Opens text files and turns what the system says of them into one line with the path.</summary>
internal static class AnnotationText
{
    internal static T Read<T>(string path, Func<TextReader, T> read)
    {
        try
        {
            using var reader = new StreamReader(path);
            return reader.Peek() < 0 ? throw new AnnotationException($"{path}: the file is empty") : read(reader);
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
