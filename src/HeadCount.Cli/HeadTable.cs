using HeadCount.Annotations;
using HeadCount.IO;

namespace HeadCount.Cli;

/// <summary>
/// The heads of a point file, looked up by picture. A name in the file means the picture of that path, seen from the
/// current folder or from the file's own; where there is none, the one picture whose path ends like it.
/// </summary>
internal sealed class HeadTable
{
    private readonly string _path;

    // By full path; and, for names without a file, by the last part of the name.
    private readonly ILookup<string, PictureHeads> _byFile, _byLastPart;

    // The pictures that no name means by its path, by the last part of theirs.
    private readonly ILookup<string, string> _pictures;

    /// <param name="path">The point file.</param>
    /// <param name="pictures">All pictures that are to be looked up.</param>
    /// <exception cref="AnnotationException">The file cannot be read; the message names file and line.</exception>
    internal HeadTable(string path, IEnumerable<string> pictures)
    {
        _path = path;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var reading = new AnnotationReading();
        (PictureHeads Heads, string? File)[] named = [.. PointFile.Read(path, reading).Select(heads => (heads,
            new[] { Path.GetFullPath(heads.Name), Path.GetFullPath(heads.Name, folder) }.FirstOrDefault(File.Exists)))];
        Failures.Note(reading.Notes);
        _byFile = named.Where(n => n.File is not null).ToLookup(n => n.File!, n => n.Heads);
        _byLastPart = named.Where(n => n.File is null).ToLookup(n => LastPart(n.Heads.Name), n => n.Heads);
        _pictures = pictures.Where(p => !_byFile.Contains(Path.GetFullPath(p))).ToLookup(LastPart);
    }

    /// <summary>The heads of a picture.</summary>
    /// <exception cref="AnnotationException">The file does not name it, or not clearly.</exception>
    internal IReadOnlyList<HeadPoint> Find(string picture)
    {
        PictureHeads[] found = [.. _byFile[Path.GetFullPath(picture)]];
        if (found.Length == 0)
            found = [.. _byLastPart[LastPart(picture)].Where(heads => EndsLike(picture, heads.Name))];
        if (found.Length == 0)
        {
            throw new AnnotationException(
                $"{picture}: not in {_path}; its rows must name this picture's path or the end of it");
        }
        if (found.Length > 1)
        {
            throw new AnnotationException($"{picture}: could be '{found[0].Name}' or '{found[1].Name}' in {_path}; "
                + "name each picture once there, by more of its path");
        }
        string name = found[0].Name;
        if (_pictures[LastPart(picture)].FirstOrDefault(p => p != picture && EndsLike(p, name)) is string other)
        {
            throw new AnnotationException($"{picture}: '{name}' in {_path} could be this picture or {other}; "
                + "name pictures there by more of their paths");
        }
        return found[0].Heads;
    }

    /// <summary>The file name, whichever way its letters are composed.</summary>
    private static string LastPart(string path) => ComposedName.Of(Path.GetFileName(path));

    private static bool EndsLike(string picture, string name)
    {
        // "../in/1.jpg" says no more than "in/1.jpg" without the folder that it starts from.
        string end = string.Join('/', name.Split('/').SkipWhile(part => part is "" or "." or ".."));
        string path = Path.GetFullPath(picture).Replace('\\', '/');
        return path.EndsWith("/" + end, StringComparison.Ordinal)
            || ComposedName.Of(path).EndsWith("/" + ComposedName.Of(end), StringComparison.Ordinal);
    }
}
