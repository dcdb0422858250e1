using HeadCount.IO;

namespace HeadCount.Imaging;

/// <summary>
/// The files below a folder as people mean them: each once, whatever links lead to it; nothing hidden, nothing that
/// systems and other programs keep for themselves, and none of the drawings that a count has left there.
/// </summary>
public sealed class FolderWalk
{
    /// <summary>Folders in which a count leaves its drawings, beside its table.</summary>
    public static IReadOnlyList<string> DrawingFolders { get; } = ["overlays", "heatmaps", "comparisons"];

    /// <summary>The table that tells such a folder.</summary>
    public const string CountTable = "counts.csv";

    private static readonly string[] Foreign =
        ["@eaDir", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information", "__MACOSX"];

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _files = [], _problems = [];
    private readonly Dictionary<string, int> _passedOver = new(StringComparer.Ordinal);

    private FolderWalk() { }

    /// <summary>The files, each below the folder's path as it was given, in no order.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Folders that cannot be listed, a line each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What looks like a picture or film but cannot be read here, by its kind, such as HEIC.</summary>
    public IReadOnlyDictionary<string, int> PassedOver => _passedOver;

    /// <summary>A line on what was passed over, or null.</summary>
    public string? PassedOverLine => _passedOver.Count == 0 ? null
        : "passed over, as they cannot be read here: " + string.Join(", ", _passedOver
            .OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Value} {kind.Key}"));

    /// <summary>Walks through a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="depth">Folders in folders that are entered; 0 for the folder alone.</param>
    public static FolderWalk Of(string folder, int depth = int.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var walk = new FolderWalk();
        walk.Enter(folder, depth);
        return walk;
    }

    private void Enter(string folder, int depth)
    {
        string real = RealPath(folder);
        if (!_seen.Add(real))
            return;
        List<FileSystemInfo> entries = [];
        try
        {
            entries.AddRange(new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions
            {
                AttributesToSkip = FileAttributes.System,
                IgnoreInaccessible = false,
            }));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            _problems.Add($"{folder}: cannot be listed ({Reason(e)})");
        }
        foreach (FileSystemInfo entry in entries.OrderBy(entry => entry.LinkTarget is not null).ThenBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string path = Path.Join(folder, entry.Name);
            if (entry.Name.StartsWith('.') || Foreign.Contains(entry.Name, StringComparer.OrdinalIgnoreCase))
                continue;
            if (Directory.Exists(path))
            {
                if (depth > 0 && !HoldsDrawings(folder, entry.Name))
                    Enter(path, depth - 1);
            }
            else
            {
                File(path, entry, real);
            }
        }
    }

    private static bool HoldsDrawings(string parent, string name) =>
        DrawingFolders.Contains(name) && System.IO.File.Exists(Path.Join(parent, CountTable));

    private void File(string path, FileSystemInfo entry, string realFolder)
    {
        if (entry.LinkTarget is not null && !LeadsToAFile(entry))
        {
            if (ImageKinds.IsPicture(path))
                _problems.Add($"{path}: a link to a file that is not there");
            return;
        }
        if (ImageKinds.OtherKind(path) is { } other)
        {
            _passedOver[other] = _passedOver.GetValueOrDefault(other) + 1;
            return;
        }
        if (!_seen.Add(entry.LinkTarget is null ? Path.Join(realFolder, entry.Name) : RealPath(path)))
            return;
        // Pipes and devices have no length.
        if (ImageKinds.IsPicture(path) && new FileInfo(path).Length == 0 && InputFile.IsSpecial(path))
            _passedOver["pipes and devices"] = _passedOver.GetValueOrDefault("pipes and devices") + 1;
        else
            _files.Add(path);
    }

    private static bool LeadsToAFile(FileSystemInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true };
        }
        catch (IOException)
        {
            // A loop of links.
            return false;
        }
    }

    private static string Reason(Exception e) =>
        e is UnauthorizedAccessException ? "you may not; check its permissions" : e.Message;

    /// <summary>The path without links, where it can be told.</summary>
    private static string RealPath(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            string? parent = Path.GetDirectoryName(full);
            if (parent is null)
                return full;
            FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
            return info.ResolveLinkTarget(returnFinalTarget: true) is { } target
                ? RealPath(target.FullName)
                : Path.Join(RealPath(parent), Path.GetFileName(full));
        }
        catch (IOException)
        {
            // A loop of links.
            return full;
        }
    }
}
