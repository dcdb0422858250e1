namespace HeadCount.Annotations;

/// <summary>Names of the files that a format of one file a picture writes into a folder.</summary>
internal sealed class OutputNames(string folder)
{
    private readonly Dictionary<string, string> _owners = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The full path of a file, whose folder is created; no two pictures may have the same one.</summary>
    internal string Create(string name, PictureHeads? picture = null)
    {
        // A name may be a whole path or lead out of the folder; only what follows is kept.
        string inside = string.Join('/', name.Replace('\\', '/').Replace("\0", "", StringComparison.Ordinal).Split('/')
            .Where(part => part is not ("" or "." or "..") && !part.EndsWith(':')));
        string path = Path.Combine(Path.GetFullPath(folder), inside);
        if (!_owners.TryAdd(path, picture?.Name ?? name))
            throw new AnnotationException($"{path}: pictures '{_owners[path]}' and '{picture?.Name}' would both be " +
                "written there; rename one of them");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
