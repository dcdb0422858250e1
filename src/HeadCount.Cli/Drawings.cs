using System.Security.Cryptography;
using System.Text;
using HeadCount.Annotations;
using HeadCount.Drawing;
using HeadCount.Imaging;
using HeadCount.Inference;

namespace HeadCount.Cli;

/// <summary>What can be drawn of a picture.</summary>
internal enum DrawingKind
{
    Overlay,
    HeatMap,
    Comparison,
}

/// <summary>
/// Draws pictures into <c>overlays/</c>, <c>heatmaps/</c> and <c>comparisons/</c> of a folder, as JPEG files that
/// mirror the folders of the pictures below the one that all have in common. A picture of more than 50 megapixels is
/// drawn on a reduced copy.
/// </summary>
internal sealed class Drawings
{
    /// <summary>Keeps a copy and its drawing at 150 MB each.</summary>
    private const long MostPixels = 50_000_000;

    private readonly string _folder;
    private readonly Dictionary<string, string> _names = [];

    /// <param name="folder">Where the drawings' folders are.</param>
    /// <param name="pictures">All the pictures that may be drawn; the names depend on all of them.</param>
    internal Drawings(string folder, IReadOnlyList<string> pictures)
    {
        _folder = folder;
        string[][] paths = [.. pictures.Select(Parts)];
        int common = 0;
        while (paths.Length > 0 && paths.All(p => p.Length > common + 1 && p[common] == paths[0][common]))
            common++;
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string picture, string[] parts) in pictures.Zip(paths))
        {
            string below = string.Join('/', parts[common..]);
            string name = Fitting(Path.ChangeExtension(below, ".jpg"), below);
            // 1.png beside 1.jpg becomes 1.png.jpg.
            for (string longer = below; !taken.Add(name); longer = name)
                name = Fitting(longer + ".jpg", longer);
            _names[picture] = name;
        }
    }

    /// <summary>Whether a file lies where drawings are: in their folders in the output folder, or in such ones beside the tables
    /// that a call has left there.</summary>
    internal static bool IsDrawing(string? output, string file)
    {
        string[] folders = [.. Enum.GetValues<DrawingKind>().Select(FolderOf)];
        for (DirectoryInfo? folder = new FileInfo(file).Directory; folder?.Parent is { } parent; folder = parent)
        {
            if (folders.Contains(folder.Name) && (File.Exists(Path.Combine(parent.FullName, "counts.csv"))
                || (output is not null && parent.FullName == Path.GetFullPath(output).TrimEnd(Path.DirectorySeparatorChar))))
                return true;
        }
        return false;
    }

    /// <summary>The file of a drawing.</summary>
    internal string PathOf(DrawingKind kind, string picture) =>
        Path.Combine(_folder, FolderOf(kind), _names[picture]);

    /// <summary>Draws one picture.</summary>
    /// <param name="picture">The picture's file.</param>
    /// <param name="kinds">What is drawn.</param>
    /// <param name="heads">The heads that were found.</param>
    /// <param name="truth">For a comparison, the heads that are there and the radius in pixels to match within.</param>
    /// <param name="density">For a heat map, the model's density; without it, that of the heads.</param>
    /// <param name="maxPixels">Largest picture that is opened.</param>
    /// <exception cref="PictureException">The picture cannot be read, or a drawing not be written.</exception>
    internal void Draw(string picture, IEnumerable<DrawingKind> kinds, IReadOnlyList<HeadPoint> heads,
        (IReadOnlyList<HeadPoint> Heads, double Radius)? truth = null, DensityMap? density = null,
        long maxPixels = Picture.DefaultMaxPixels)
    {
        (int width, int height) = SizeOf(picture, maxPixels);
        RgbImage image = Picture.Load(picture, maxPixels, MostPixels);
        double scaleX = (double)image.Width / width, scaleY = (double)image.Height / height;
        foreach (DrawingKind kind in kinds)
        {
            Save(PathOf(kind, picture), kind switch
            {
                DrawingKind.Overlay => Overlay.Draw(image, Scale(heads)),
                DrawingKind.Comparison => Overlay.DrawComparison(
                    image, Scale(truth!.Value.Heads), Scale(heads), truth.Value.Radius * scaleX),
                _ => HeatMap.Draw(image, density ?? HeatMap.FromHeads(width, height, heads)),
            });
        }

        IReadOnlyList<HeadPoint> Scale(IReadOnlyList<HeadPoint> points) =>
            [.. points.Select(p => p with { X = p.X * scaleX, Y = p.Y * scaleY })];
    }

    private static string FolderOf(DrawingKind kind) => kind switch
    {
        DrawingKind.Overlay => "overlays",
        DrawingKind.HeatMap => "heatmaps",
        _ => "comparisons",
    };

    /// <summary>A path whose file name a folder takes, 255 bytes at most: a longer one is cut, and told from others by the
    /// start of the SHA-256 of what it is made from.</summary>
    private static string Fitting(string path, string from)
    {
        const int Most = 255;
        string name = Path.GetFileName(path);
        if (Encoding.UTF8.GetByteCount(name) <= Most)
            return path;
        string end = $"~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(from)))[..8]}.jpg";
        var kept = new StringBuilder();
        int bytes = end.Length;
        foreach (Rune rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > Most)
                break;
            kept.Append(rune);
        }
        return path[..^name.Length] + kept + end;
    }

    private static (int Width, int Height) SizeOf(string path, long maxPixels)
    {
        using Picture picture = Picture.Open(path, maxPixels);
        return (picture.Width, picture.Height);
    }

    private static void Save(string path, RgbImage drawing)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PictureException($"{path}: cannot be written ({e.Message}); choose another folder", e);
        }
        PictureWriter.Save(drawing, path);
    }

    // A drive is a folder like others.
    private static string[] Parts(string path) => [.. Path.GetFullPath(path).Replace('\\', '/').Split('/')
        .Where(part => part.Length > 0)
        .Select(part => part.TrimEnd(':'))];
}
