using HeadCount.Annotations.Coco;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Annotations.HeadJson;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Annotations;

/// <summary>
/// The annotated pictures of a folder in any supported layout, recognised by itself. Several layouts may stand side
/// by side: each picture belongs to the layout whose annotation stands where it looks for it. A picture without one
/// takes its heads from a table for many pictures: <c>annotations.csv</c> or else <c>heads.csv</c> in the dataset folder
/// (<see cref="HeadCsvFile"/>), and every COCO, CVAT, Label Studio, VIA, CrowdHuman, P2PNet and Parquet file there, in its
/// folder <c>annotations</c> or in a folder of pictures. One below a folder named <c>negatives</c> holds nobody.
/// </summary>
public sealed class Dataset
{
    private static readonly string[] Tables = ["annotations.csv", "heads.csv"];
    private const string NegativesFolder = "negatives";

    private readonly AnnotationReading _reading;

    private Dataset(IReadOnlyList<AnnotatedImage> images, Resolver resolver, IReadOnlyList<string> unannotated, FolderWalk? walk)
    {
        Images = images;
        Formats = resolver.Formats;
        Unannotated = unannotated;
        PassedOver = walk?.PassedOverLine;
        Problems = walk?.Problems ?? [];
        _reading = resolver.Reading;
    }

    /// <summary>The annotated pictures, at least one: in the split's order, or in natural order by name.</summary>
    public IReadOnlyList<AnnotatedImage> Images { get; }

    /// <summary>Names of the formats that were found, in alphabetical order.</summary>
    public IReadOnlyList<string> Formats { get; }

    /// <summary>
    /// Names of the folder's pictures that were left out for want of an annotation; none with a split.
    /// </summary>
    public IReadOnlyList<string> Unannotated { get; }

    /// <summary>What was left out or guessed while the annotations were read.</summary>
    public IReadOnlyList<ReadingNote> Notes => _reading.Notes;

    /// <summary>A line on the folder's pictures and films of kinds that are not read; null where there are none.</summary>
    public string? PassedOver { get; }

    /// <summary>Folders that cannot be listed, a line each.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Finds the pictures of a folder and reads their annotations.</summary>
    /// <param name="folder">The dataset folder.</param>
    /// <param name="splitFile">
    /// Text file with one image path a line, relative to the dataset folder, to the parent of the split file's folder
    /// or to the split file's folder, looked for in this order; blank lines and lines that begin with # are skipped.
    /// The images are named as listed. Null takes every annotated picture below the folder.
    /// </param>
    /// <param name="problem">
    /// Is told, in one line each, of annotations that cannot be read and of pictures that a table lists and that do not
    /// exist; they are left out. Null refuses them.
    /// </param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">
    /// The folder or the split is missing or holds no annotated picture, a picture of the split is missing or without
    /// annotation, or there is a problem that nobody wants to be told of.
    /// </exception>
    public static Dataset Load(
        string folder, string? splitFile = null, Action<string>? problem = null, AnnotationReading? reading = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new AnnotationException(File.Exists(folder)
                ? $"{folder}: is a file; give the dataset's folder"
                : $"{folder}: no such folder");
        reading ??= new AnnotationReading();
        return splitFile is null
            ? LoadAll(folder, problem, reading)
            : LoadSplit(folder, splitFile, problem, reading);
    }

    private static string Root(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static Dataset LoadAll(string folder, Action<string>? problem, AnnotationReading reading)
    {
        var walk = FolderWalk.Of(Root(folder));
        if (problem is not null)
            foreach (string line in walk.Problems)
                problem(line);
        var resolver = new Resolver(Root(folder),
            walk.Files.Where(ImageKinds.IsPicture).Select(path => Path.GetDirectoryName(path)!).Distinct(), problem, reading);
        var names = walk.Files.Where(path => resolver.IsListed(path) || ImageKinds.IsPicture(path))
            .Select(path => Path.GetRelativePath(resolver.Folder, path).Replace('\\', '/'))
            .Order(NaturalOrder.Instance)
            .ToList();
        if (names.Count == 0)
            throw new AnnotationException($"{folder}: holds no pictures ({string.Join(' ', ImageKinds.Extensions)})"
                + (walk.PassedOverLine is { } line ? $"; {line}" : ""));

        var images = new List<AnnotatedImage>();
        var unannotated = new List<string>();
        foreach (string name in names)
        {
            if (resolver.Annotated(Path.GetFullPath(Path.Combine(resolver.Folder, name)), name) is { } image)
                images.Add(image);
            else if (!resolver.Failed(Path.GetFullPath(Path.Combine(resolver.Folder, name))))
                unannotated.Add(name);
        }
        resolver.RequireListed();
        return images.Count > 0
            ? new Dataset(images, resolver, unannotated, walk)
            : throw new AnnotationException(
                $"{folder}: holds {names.Count} pictures but no annotation; {KnownLayouts}");
    }

    private static Dataset LoadSplit(string folder, string splitFile, Action<string>? problem, AnnotationReading reading)
    {
        var listed = ReadSplit(folder, splitFile);
        var resolver = new Resolver(Root(folder), listed.Select(picture => Path.GetDirectoryName(picture.Path)!).Distinct(), problem, reading);
        var images = new List<AnnotatedImage>();
        foreach ((int line, string name, string path) in listed)
        {
            if (resolver.Annotated(path, name) is { } image)
                images.Add(image);
            else if (!resolver.Failed(path))
                throw new AnnotationException(
                    $"{splitFile}, line {line}: picture '{name}' has no annotation; {KnownLayouts}");
        }
        return images.Count > 0
            ? new Dataset(images, resolver, [], null)
            : throw new AnnotationException($"{splitFile}: lists no picture; expected one image path a line");
    }

    /// <summary>The pictures that a split file lists, annotated or not: line, name as listed and full path.</summary>
    /// <param name="folder">The dataset folder.</param>
    /// <param name="splitFile">The list, as <see cref="Load"/> takes it.</param>
    /// <exception cref="AnnotationException">The list or a listed picture is missing.</exception>
    public static IReadOnlyList<(int Line, string Name, string Path)> ReadSplit(string folder, string splitFile)
    {
        string ownFolder = Path.GetDirectoryName(Path.GetFullPath(splitFile)) ?? "";
        string[] bases = [Root(folder), Path.GetDirectoryName(ownFolder) ?? ownFolder, ownFolder];
        return AnnotationText.Read(splitFile, reader =>
        {
            var pictures = new List<(int, string, string)>();
            for (int line = 1; reader.ReadLine() is { } text; line++)
            {
                string name = text.Trim().Replace('\\', '/');
                if (name.Length == 0 || name[0] == '#')
                    continue;
                string path = bases.Select(start => Path.GetFullPath(Path.Combine(start, name)))
                    .FirstOrDefault(File.Exists)
                    ?? throw new AnnotationException($"{splitFile}, line {line}: picture '{name}' stands neither in " +
                        $"{folder} nor beside the list; correct the line or the dataset folder");
                pictures.Add((line, name, path));
            }
            return pictures;
        });
    }

    private static string KnownLayouts =>
        $"known layouts: {string.Join("; ", AnnotationFormat.All.Where(format => format.Read is not null)
            .Select(format => format.Layout))}; a folder named {NegativesFolder} for empty scenes";

    /// <summary>A picture's row in a table for many.</summary>
    private sealed record Row(string Table, AnnotationFormat Format, PictureHeads Picture, string ImagePath)
    {
        /// <summary>The picture that took it.</summary>
        internal string? Owner { get; set; }
    }

    /// <summary>Finds the annotations of single pictures and notes which formats they came in.</summary>
    private sealed class Resolver
    {
        private readonly SortedSet<string> _formats = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, Row> _rows = [];

        /// <summary>Rows whose path leads nowhere, by their file name without extension.</summary>
        private readonly Dictionary<string, List<Row>> _stray = [];

        /// <summary>The last file that was found for a picture: sequences share theirs.</summary>
        private (string Path, SequenceFile? Pictures) _last = ("", null);

        /// <summary>Pictures whose annotations could not be read.</summary>
        private readonly HashSet<string> _failed = [];

        private readonly Action<string>? _problem;

        internal Resolver(string folder, IEnumerable<string> pictureFolders, Action<string>? problem, AnnotationReading reading)
        {
            Folder = folder;
            Reading = reading;
            _problem = problem;
            if (Tables.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } csv)
                AddTable(csv, HeadCsvFile.Format);
            foreach (string place in pictureFolders.Prepend(Path.Combine(folder, "annotations")).Prepend(folder).Distinct())
                if (Directory.Exists(place))
                {
                    string[] files = Directory.GetFiles(place);
                    var pictures = files.Where(ImageKinds.IsPicture).Select(Path.GetFileNameWithoutExtension).ToHashSet();
                    foreach (string path in files.Order(NaturalOrder.Instance))
                        if (TableFormat(path, pictures!) is { } format)
                            AddTable(path, format);
                }
        }

        internal string Folder { get; }

        internal AnnotationReading Reading { get; }

        internal IReadOnlyList<string> Formats => [.. _formats];

        internal bool Failed(string imagePath) => _failed.Contains(imagePath);

        internal bool IsListed(string imagePath) => _rows.ContainsKey(imagePath);

        /// <summary>
        /// The format of a table; null for other files and those that belong to a picture beside them.
        /// </summary>
        private static AnnotationFormat? TableFormat(string path, HashSet<string> pictures)
        {
            if (Path.GetExtension(path).ToUpperInvariant() is not (".JSON" or ".XML" or ".ODGT" or ".LIST" or ".PARQUET")
                || Path.GetFileName(path).StartsWith('.')
                || new FileInfo(path).Length == 0
                || pictures.Contains(Path.GetFileNameWithoutExtension(path)))
                return null;
            var start = FileStart.Of(path);
            return AnnotationFormat.All.FirstOrDefault(
                format => format is { IsTable: true, Read: not null } && format.Recognises(start) && !IsResult(format, start));
        }

        /// <summary>What a count or a detector has found is no truth.</summary>
        private static bool IsResult(AnnotationFormat format, FileStart start) =>
            format == HeadJsonFile.Format || format == CocoFormat.Format && start.IsArray;

        private void AddTable(string path, AnnotationFormat format)
        {
            try
            {
                AddRows(path, format);
            }
            catch (AnnotationException e) when (_problem is not null)
            {
                _problem(e.Message);
            }
        }

        private void AddRows(string path, AnnotationFormat format)
        {
            string own = Path.GetDirectoryName(path)!;
            foreach (PictureHeads picture in format.Read!(path, null, Reading))
            {
                if (picture.Name.Contains('\0', StringComparison.Ordinal))
                    throw new AnnotationException($"{path}: picture '{picture.Name}' has a null character in its name");
                string image = Path.GetFullPath(Path.Combine(Folder, picture.Name));
                if (!File.Exists(image) && Path.GetFullPath(Path.Combine(own, picture.Name)) is var beside && File.Exists(beside))
                    image = beside;
                var row = new Row(path, format, picture, image);
                if (!_rows.TryAdd(image, row))
                    throw new AnnotationException($"{path}: lists picture '{picture.Name}', as does " +
                        $"{_rows[image].Table}; keep one of them");
                string stem = Stem(image);
                if (!File.Exists(image))
                    (_stray.TryGetValue(stem, out var rows) ? rows : _stray[stem] = []).Add(row);
            }
        }

        /// <summary>Refuses a table with a picture that is not there: its heads would be lost in silence.</summary>
        internal void RequireListed()
        {
            foreach (Row row in _stray.Values.SelectMany(rows => rows))
                if (row.Owner is null)
                    Refuse(new AnnotationException($"{row.Table}: lists picture '{row.Picture.Name}', which does not " +
                        "exist; expected paths relative to the dataset folder, or names that are there once"));
        }

        private void Refuse(Exception problem)
        {
            if (_problem is null)
                throw problem;
            _problem(problem.Message);
        }

        internal AnnotatedImage? Annotated(string imagePath, string name)
        {
            try
            {
                return Find(imagePath, name);
            }
            catch (Exception e) when (_problem is not null && e is (AnnotationException or PictureException))
            {
                _failed.Add(imagePath);
                _problem!(e.Message);
                return null;
            }
        }

        private AnnotatedImage? Find(string imagePath, string name)
        {
            AnnotatedImage? image = null;
            foreach (AnnotationFormat format in AnnotationFormat.All)
                if (format.Locate(imagePath) is { } annotation && annotation != image?.AnnotationPath)
                {
                    if (image is not null)
                        Reading.Omit("annotation files left out, as another one of the same picture is taken", format.Name);
                    image ??= Found(format, annotation, Located(format, annotation, imagePath));
                }
            if (image is not null)
            {
                if (_rows.TryGetValue(imagePath, out Row? other))
                    Reading.Omit("rows of tables left out, as a file of the picture's own is taken", other.Format.Name);
                return image;
            }
            if (FindRow(imagePath) is { } row)
                return Found(row.Format, row.Table, row.Picture);
            if (!IsNegative(imagePath))
                return null;
            _formats.Add(NegativesFolder);
            return new AnnotatedImage(imagePath, name, []);

            AnnotatedImage Found(AnnotationFormat format, string annotation, PictureHeads picture)
            {
                _formats.Add(format.Name);
                return new AnnotatedImage(imagePath, name, picture.Heads)
                {
                    Sigmas = picture.Sigmas,
                    Ignored = picture.Ignored,
                    AnnotationPath = annotation,
                };
            }
        }

        /// <summary>The picture's part of the file that was found for it.</summary>
        private PictureHeads Located(AnnotationFormat format, string annotation, string imagePath)
        {
            if (!format.IsTable)
                return format.Read!(annotation, imagePath, Reading).First();
            if (_last.Path != annotation)
                _last = (annotation, new SequenceFile(annotation, format.Read!(annotation, imagePath, Reading), format.IsSequence,
                    Path.GetDirectoryName(imagePath)!, Reading));
            return _last.Pictures!.Find(imagePath);
        }

        /// <summary>A name by which pictures are found in other folders, whichever way its letters are composed.</summary>
        private static string Stem(string path) => ComposedName.Of(Path.GetFileNameWithoutExtension(path));

        /// <summary>
        /// The picture's row: by its path, or else by its name without folders and extension, as tables from elsewhere
        /// have other folders. A row belongs to one picture alone.
        /// </summary>
        private Row? FindRow(string imagePath)
        {
            if (_rows.TryGetValue(imagePath, out Row? row))
                return row;
            if (!_stray.TryGetValue(Stem(imagePath), out List<Row>? rows))
                return null;
            // Of several the one with the same folder.
            string parent = Parent(imagePath);
            row = rows.Count == 1 ? rows[0] : rows.FirstOrDefault(candidate => Parent(candidate.ImagePath) == parent);
            if (row is null)
                return null;
            if (row.Owner is not null && row.Owner != imagePath)
                throw new AnnotationException($"{row.Table}: '{row.Picture.Name}' may be {row.Owner} or {imagePath}; " +
                    "give its path relative to the dataset folder");
            row.Owner = imagePath;
            return row;

            static string Parent(string path) => ComposedName.Of(Path.GetFileName(Path.GetDirectoryName(path)) ?? "");
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
