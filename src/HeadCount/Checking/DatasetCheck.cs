using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Imaging;

namespace HeadCount.Checking;

/// <summary>What a dataset holds and what may be wrong with it.</summary>
public sealed record DatasetCheck
{
    private const int SmallSide = 64;
    private const double NarrowRatio = 4;

    /// <summary>Lists that stand among labels and are none.</summary>
    private static readonly string[] NoLabels =
        ["classes.txt", "labels.txt", "train.txt", "val.txt", "valid.txt", "test.txt", "notes.json"];

    private DatasetCheck() { }

    /// <summary>Names of the formats that were found.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>Heads in each annotated picture.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>Heads in all pictures.</summary>
    public long Heads => Counts.Sum(count => (long)count);

    /// <summary>Pictures by the number of their heads.</summary>
    public required Histogram CountHistogram { get; init; }

    /// <summary>Heads by the distance to the nearest other one in their picture, in pixels.</summary>
    public required Histogram SpacingHistogram { get; init; }

    /// <summary>A line on the folder's pictures and films of kinds that are not read; null where there are none.</summary>
    public string? PassedOver { get; init; }

    /// <summary>What may be wrong, by kind.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>
    /// Checks a dataset. Every picture's header is read; with a second list, all pictures are decoded.
    /// </summary>
    /// <param name="folder">The dataset folder.</param>
    /// <param name="splitFile">Only the pictures of this list; null for all.</param>
    /// <param name="againstFile">A list whose pictures should not be among them, not even as copies; or null.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <param name="progress">Is told the share that is done, 0..1.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <exception cref="AnnotationException">The folder or a list is missing, or holds no annotated
    /// picture.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static DatasetCheck Of(string folder, string? splitFile = null, string? againstFile = null,
        AnnotationReading? reading = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        reading ??= new AnnotationReading();
        var findings = new List<Finding>();
        var dataset = Dataset.Load(folder, splitFile,
            problem => findings.Add(new Finding(FindingKind.BrokenAnnotation, folder, problem)), reading);
        if (dataset.Images.All(image => image.Heads.Count == 0) && reading.LeftOut > 0)
            findings.Add(new Finding(FindingKind.NoHeads, folder,
                string.Join("; ", reading.Notes.Where(note => note.Kind != NoteKind.Guessed))));
        findings.AddRange(dataset.Unannotated.Select(name =>
            new Finding(FindingKind.NoAnnotation, name, "no annotation")));
        if (splitFile is null)
            findings.AddRange(Orphans(dataset));

        double share = againstFile is null ? 1 : 0.2;
        var sized = new List<(AnnotatedImage Image, PictureSize Size)>();
        foreach (AnnotatedImage image in dataset.Images)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Guard(findings, image.Name, () => Size(image.ImagePath), out PictureSize size))
                sized.Add((image, size));
            progress?.Report(share * sized.Count / dataset.Images.Count);
        }
        foreach ((AnnotatedImage image, PictureSize size) in sized)
            findings.AddRange(Outside(image, size));
        findings.AddRange(dataset.Images.Select(Duplicates).OfType<Finding>());
        findings.AddRange(OddSizes(sized));
        findings.AddRange(Units(folder, sized));
        findings.AddRange(Origin(folder, sized));
        if (againstFile is not null)
            NearDuplicates(findings, dataset.Images, Dataset.ReadSplit(folder, againstFile),
                done => progress?.Report(share + (1 - share) * done), cancellation);

        return new DatasetCheck
        {
            Formats = dataset.Formats,
            PassedOver = dataset.PassedOver,
            Counts = [.. dataset.Images.Select(image => image.Heads.Count)],
            CountHistogram = new Histogram("pictures by number of heads",
                [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
                dataset.Images.Select(image => (double)image.Heads.Count)),
            SpacingHistogram = new Histogram("heads by distance to the nearest other one in pixels",
                [0, 1, 2, 4, 8, 16, 32, 64, 128, 256], dataset.Images.SelectMany(Spacing)),
            Findings = [.. findings.OrderBy(finding => finding.Kind)],
        };
    }

    private static PictureSize Size(string path)
    {
        using var picture = Picture.Open(path);
        return new PictureSize(picture.Width, picture.Height);
    }

    /// <summary>Does something with a picture; one that cannot be opened becomes a finding.</summary>
    private static bool Guard<T>(List<Finding> findings, string name, Func<T> read, out T value) where T : struct
    {
        try
        {
            value = read();
            return true;
        }
        catch (PictureException e)
        {
            findings.Add(new Finding(FindingKind.BrokenPicture, name, e.Message));
            value = default;
            return false;
        }
    }

    private static IEnumerable<double> Spacing(AnnotatedImage image)
    {
        if (image.Heads.Count < 2)
            return [];
        var index = new PointIndex(image.Heads);
        return Enumerable.Range(0, image.Heads.Count).Select(index.NearestOther);
    }

    /// <summary>Files that stand among annotations of single pictures, look like them and belong to none.</summary>
    private static IEnumerable<Finding> Orphans(Dataset dataset)
    {
        var used = dataset.Images.Select(image => image.AnnotationPath).OfType<string>().ToHashSet();
        var places = used.Select(path => (Folder: Path.GetDirectoryName(path)!, Extension: Path.GetExtension(path)))
            .Distinct().Where(place => place.Extension is ".mat" or ".txt" or ".json");
        foreach ((string folder, string extension) in places)
            foreach (string path in Directory.EnumerateFiles(folder, "*" + extension).Order(StringComparer.Ordinal))
                if (!used.Contains(path) && !NoLabels.Contains(Path.GetFileName(path)))
                    yield return new Finding(FindingKind.NoPicture, path, "no picture belongs to it");
    }

    private static IEnumerable<Finding> Outside(AnnotatedImage image, PictureSize size)
    {
        var outside = image.Heads.Where(head =>
            head.X < 0 || head.Y < 0 || head.X >= size.Width || head.Y >= size.Height).ToList();
        if (outside.Count > 0)
            yield return new Finding(FindingKind.Outside, image.Name, string.Create(CultureInfo.InvariantCulture,
                $"{outside.Count} of {image.Heads.Count} outside {size.Width}×{size.Height}, such as {At(outside[0])}"),
                outside.Count);
    }

    private static Finding? Duplicates(AnnotatedImage image)
    {
        var doubles = image.Heads.GroupBy(head => (head.X, head.Y)).Where(group => group.Count() > 1).ToList();
        int surplus = doubles.Sum(group => group.Count() - 1);
        return surplus == 0 ? null : new Finding(FindingKind.Duplicate, image.Name,
            $"{surplus} too many, such as {At(doubles[0].First())}", surplus);
    }

    private static string At(HeadPoint head) =>
        string.Create(CultureInfo.InvariantCulture, $"({head.X:0.##}, {head.Y:0.##})");

    private static IEnumerable<Finding> OddSizes(List<(AnnotatedImage Image, PictureSize Size)> images)
    {
        // A dataset of one camera has one size; where nine in ten agree, the tenth is worth a look.
        var usual = images.CountBy(image => image.Size).OrderByDescending(size => size.Value).FirstOrDefault();
        bool uniform = usual.Value >= 0.9 * images.Count;
        foreach ((AnnotatedImage image, PictureSize size) in images)
        {
            (int small, int large) = (Math.Min(size.Width, size.Height), Math.Max(size.Width, size.Height));
            string? what = small < SmallSide ? "very small"
                : large > NarrowRatio * small ? "very narrow"
                : uniform && size != usual.Key ? $"most are {usual.Key.Width}×{usual.Key.Height}"
                : null;
            if (what is not null)
                yield return new Finding(FindingKind.OddSize, image.Name, $"{size.Width}×{size.Height}: {what}");
        }
    }

    /// <summary>Shares or percents that were taken for pixels crowd in the corner of every picture.</summary>
    private static IEnumerable<Finding> Units(string folder, List<(AnnotatedImage Image, PictureSize Size)> images)
    {
        var large = images.Where(image => Math.Min(image.Size.Width, image.Size.Height) >= 250).ToList();
        var heads = large.SelectMany(image => image.Image.Heads).ToList();
        // Few heads may well stand in the corner.
        if (heads.Count < 20)
            yield break;
        double reach = heads.Max(head => Math.Max(head.X, head.Y));
        if (reach <= 101)
        {
            string unit = reach <= 2 ? "shares (0..1)" : "percents";
            yield return new Finding(FindingKind.Coordinates, folder, string.Create(CultureInfo.InvariantCulture,
                $"no coordinate is above {reach:0.##}: {unit} instead of pixels?"), heads.Count);
        }
    }

    /// <summary>
    /// Half a pixel outside on one side and nowhere on the other: the points were counted from 0 and read as if from 1,
    /// or the other way round.
    /// </summary>
    private static IEnumerable<Finding> Origin(string folder, List<(AnnotatedImage Image, PictureSize Size)> images)
    {
        int before = 0, after = 0;
        foreach ((AnnotatedImage image, PictureSize size) in images)
            foreach (HeadPoint head in image.Heads)
            {
                before += head.X is >= -0.5 and < 0 || head.Y is >= -0.5 and < 0 ? 1 : 0;
                after += head.X > size.Width && head.X <= size.Width + 0.5
                    || head.Y > size.Height && head.Y <= size.Height + 0.5 ? 1 : 0;
            }
        if (before > 0 && after == 0)
            yield return new Finding(FindingKind.Coordinates, folder, $"{before} heads up to half a pixel left of or " +
                "above the frame, none right of or below it: counted from 0, but read as counted from 1?", before);
        if (after > 0 && before == 0)
            yield return new Finding(FindingKind.Coordinates, folder, $"{after} heads up to half a pixel right of or " +
                "below the frame, none left of or above it: counted from 1, but read as counted from 0?", after);
    }

    private static void NearDuplicates(List<Finding> findings, IReadOnlyList<AnnotatedImage> images,
        IReadOnlyList<(int Line, string Name, string Path)> others, Action<double> done, CancellationToken cancellation)
    {
        int hashed = 0, total = images.Count + others.Count;
        var hashes = Hash(images.Select(image => (image.Name, image.ImagePath))).ToList();
        foreach ((string other, string path, PerceptualHash hash) in
            Hash(others.Select(picture => (picture.Name, picture.Path))))
            foreach ((string name, string own, PerceptualHash ownHash) in hashes)
            {
                if (own == path)
                    findings.Add(new Finding(FindingKind.NearDuplicate, name, "in both lists"));
                else if (ownHash.Distance(hash) is var distance and <= PerceptualHash.NearDistance)
                    findings.Add(new Finding(FindingKind.NearDuplicate, name,
                        $"looks like {other} ({distance} of 128 bits differ)"));
            }

        IEnumerable<(string, string, PerceptualHash)> Hash(IEnumerable<(string Name, string Path)> pictures)
        {
            foreach ((string name, string path) in pictures)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Guard(findings, name, () => PerceptualHash.Of(path), out PerceptualHash hash))
                    yield return (name, path, hash);
                done((double)++hashed / total);
            }
        }
    }
}
