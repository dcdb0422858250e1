using System.Text;

namespace HeadCount.IO;

/// <summary>Writes files that appear whole or not at all: written beside their place, then renamed into it.</summary>
public static class WholeFile
{
    /// <summary>Writes <paramref name="path"/> with what <paramref name="write"/> puts into the stream it is given.
    /// An existing file is replaced; when anything fails, it stays as it was and nothing else is left behind.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        WriteByPath(path, beside =>
        {
            using var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write);
            write(stream);
        });
    }

    /// <summary>As <see cref="Write"/>, for text in UTF-8.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>As <see cref="Write"/>, for writers that want a path: <paramref name="write"/> is given one in the
    /// same folder, with the same extension, and must create a file there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void WriteByPath(string path, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string beside = Path.Combine(Path.GetDirectoryName(full)!,
            $".{Path.GetFileNameWithoutExtension(full)}-{Guid.NewGuid():N}{Path.GetExtension(full)}");
        try
        {
            write(beside);
            File.Move(beside, full, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
