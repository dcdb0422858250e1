using HeadCount.Annotations.HeadCsv;
using HeadCount.IO;

namespace HeadCount.Annotations;

/// <summary>
/// The annotated pictures of a folder in any supported layout, recognised by itself. Several layouts may stand side
/// by side: each picture belongs to the layout whose annotation stands where it looks for it. A picture without one
/// takes its heads from <c>annotations.csv</c> or <c>heads.csv</c> in the dataset folder (<see cref="HeadCsvFile"/>,
/// paths relative to that folder); one below a folder named <c>negatives</c> holds nobody.
/// </summary>
public sealed class Dataset
{
    private static readonly string[] PictureExtensions =
        [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"];

    private static readonly string[] Tables = ["annotations.csv", "heads.csv"];
    private const string NegativesFolder = "negatives";

    private Dataset(IReadOnlyList<AnnotatedImage> images, IReadOnlyList<string> formats, int unannotated)
    {
        Images = images;
        Formats = formats;
        UnannotatedCount = unannotated;
    }

    /// <summary>The annotated pictures, at least one: in the split's order, or in natural order by name.</summary>
    public IReadOnlyList<AnnotatedImage> Images { get; }

    /// <summary>Names of the formats that were found, in alphabetical order.</summary>
    public IReadOnlyList<string> Formats { get; }

    /// <summary>Pictures of the folder that were left out for want of an annotation; 0 with a split.</summary>
    public int UnannotatedCount { get; }

    /// <summary>Finds the pictures of a folder and reads their annotations.</summary>
    /// <param name="folder">The dataset folder.</param>
    /// <param name="splitFile">
    /// Text file with one image path a line, relative to the dataset folder, to the parent of the split file's folder
    /// or to the split file's folder, looked for in this order; blank lines and lines that begin with # are skipped.
    /// The images are named as listed. Null takes every annotated picture below the folder.
    /// </param>
    /// <exception cref="AnnotationException">
    /// The folder or the split is missing or holds no annotated picture, a listed picture is missing or without
    /// annotation, or an annotation cannot be read.
    /// </exception>
    public static Dataset Load(string folder, string? splitFile = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new AnnotationException($"{folder}: no such folder");
        var resolver = new Resolver(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return splitFile is null ? LoadAll(folder, resolver) : LoadSplit(folder, splitFile, resolver);
    }

    private static Dataset LoadAll(string folder, Resolver resolver)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true };
        var names = Directory.EnumerateFiles(resolver.Folder, "*", options)
            .Where(path => resolver.IsListed(path)
                || PictureExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Select(path => Path.GetRelativePath(resolver.Folder, path).Replace('\\', '/'))
            .Order(NaturalOrder.Instance)
            .ToList();
        if (names.Count == 0)
            throw new AnnotationException($"{folder}: holds no pictures ({string.Join(' ', PictureExtensions)})");
        resolver.RequireListed();

        var images = new List<AnnotatedImage>();
        foreach (string name in names)
        {
            string path = Path.GetFullPath(Path.Combine(resolver.Folder, name));
            if (resolver.Heads(path) is { } heads)
                images.Add(new AnnotatedImage(path, name, heads));
        }
        return images.Count > 0
            ? new Dataset(images, resolver.Formats, names.Count - images.Count)
            : throw new AnnotationException(
                $"{folder}: holds {names.Count} pictures but no annotation; {KnownLayouts}");
    }

    private static Dataset LoadSplit(string folder, string splitFile, Resolver resolver)
    {
        string ownFolder = Path.GetDirectoryName(Path.GetFullPath(splitFile)) ?? "";
        string[] bases = [resolver.Folder, Path.GetDirectoryName(ownFolder) ?? ownFolder, ownFolder];
        var images = AnnotationText.Read(splitFile, reader =>
        {
            var images = new List<AnnotatedImage>();
            for (int line = 1; reader.ReadLine() is { } text; line++)
            {
                string name = text.Trim().Replace('\\', '/');
                if (name.Length == 0 || name[0] == '#')
                    continue;
                string path = bases.Select(start => Path.GetFullPath(Path.Combine(start, name)))
                    .FirstOrDefault(File.Exists)
                    ?? throw new AnnotationException($"{splitFile}, line {line}: picture '{name}' stands neither in " +
                        $"{folder} nor beside the list; correct the line or the dataset folder");
                IReadOnlyList<HeadPoint> heads = resolver.Heads(path)
                    ?? throw new AnnotationException(
                        $"{splitFile}, line {line}: picture '{name}' has no annotation; {KnownLayouts}");
                images.Add(new AnnotatedImage(path, name, heads));
            }
            return images;
        });
        return images.Count > 0
            ? new Dataset(images, resolver.Formats, 0)
            : throw new AnnotationException($"{splitFile}: lists no picture; expected one image path a line");
    }

    private static string KnownLayouts =>
        $"known layouts: {string.Join("; ", AnnotationFormat.All.Select(format => format.Layout))}; " +
        $"{string.Join(" or ", Tables)} with {HeadCsvFile.Layout}; a folder named {NegativesFolder} for empty scenes";

    /// <summary>Finds the heads of single pictures and notes which formats they came in.</summary>
    private sealed class Resolver
    {
        private readonly SortedSet<string> _formats = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, (string Name, IReadOnlyList<HeadPoint> Heads)> _table = [];
        private readonly string? _tablePath;

        internal Resolver(string folder)
        {
            Folder = folder;
            _tablePath = Tables.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
            if (_tablePath is not null)
                foreach (PictureHeads picture in HeadCsvFile.Read(_tablePath))
                    _table[Path.GetFullPath(Path.Combine(folder, picture.Name))] = (picture.Name, picture.Heads);
        }

        internal string Folder { get; }

        internal IReadOnlyList<string> Formats => [.. _formats];

        internal bool IsListed(string imagePath) => _table.ContainsKey(imagePath);

        /// <summary>Refuses a table with a picture that is not there: its heads would be lost in silence.</summary>
        internal void RequireListed()
        {
            foreach ((string path, (string name, _)) in _table)
                if (!File.Exists(path))
                    throw new AnnotationException($"{_tablePath}: lists picture '{name}', which does not exist; " +
                        "expected paths relative to the file's folder");
        }

        internal IReadOnlyList<HeadPoint>? Heads(string imagePath)
        {
            foreach (AnnotationFormat format in AnnotationFormat.All)
                if (format.Locate(imagePath) is { } annotation)
                {
                    _formats.Add(format.Name);
                    return format.Read(annotation);
                }
            if (_table.TryGetValue(imagePath, out var row))
            {
                _formats.Add("HeadCount CSV");
                return row.Heads;
            }
            if (!IsNegative(imagePath))
                return null;
            _formats.Add(NegativesFolder);
            return [];
        }

        /// <summary>Whether the dataset folder or a folder between it and the picture is named so.</summary>
        private bool IsNegative(string imagePath)
        {
            string start = Path.GetDirectoryName(Folder) ?? Folder;
            string relative = Path.GetRelativePath(start, Path.GetDirectoryName(imagePath) ?? start);
            return relative.Split(Path.DirectorySeparatorChar)
                .Contains(NegativesFolder, StringComparer.OrdinalIgnoreCase);
        }
    }
}
