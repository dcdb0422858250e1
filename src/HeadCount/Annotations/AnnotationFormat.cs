using HeadCount.Annotations.BeijingBrt;
using HeadCount.Annotations.Coco;
using HeadCount.Annotations.CrowdHuman;
using HeadCount.Annotations.Cvat;
using HeadCount.Annotations.GeoJson;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Annotations.HeadJson;
using HeadCount.Annotations.Jhu;
using HeadCount.Annotations.LabelStudio;
using HeadCount.Annotations.Labelme;
using HeadCount.Annotations.Mot;
using HeadCount.Annotations.Nwpu;
using HeadCount.Annotations.NwpuPoints;
using HeadCount.Annotations.P2PNet;
using HeadCount.Annotations.Parquet;
using HeadCount.Annotations.ShanghaiTech;
using HeadCount.Annotations.UcfCc50;
using HeadCount.Annotations.Via;
using HeadCount.Annotations.VisDrone;
using HeadCount.Annotations.Voc;
using HeadCount.Annotations.VsCrowd;
using HeadCount.Annotations.Yolo;

namespace HeadCount.Annotations;

/// <summary>Reads the pictures of an annotation file.</summary>
/// <param name="path">The file.</param>
/// <param name="image">The picture that it belongs to, where it is known.</param>
/// <param name="reading">Which labels are meant, and where notes are taken of what was left out or guessed.</param>
public delegate IEnumerable<PictureHeads> AnnotationReader(
    string path, string? image = null, AnnotationReading? reading = null);

/// <summary>A published format of head annotations: how it is recognised, read and written.</summary>
/// <param name="Id">What <c>--from</c> and <c>--to</c> call it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Layout">Where pictures and annotations stand, for messages.</param>
public sealed record AnnotationFormat(string Id, string Name, string Layout)
{
    /// <summary>
    /// Reads the pictures of a file, those without heads too. A file that belongs to one picture gives one; the
    /// picture's path is the second argument where it is known. Throws <see cref="AnnotationException"/>. Null where
    /// the format is written only.
    /// </summary>
    public AnnotationReader? Read { get; init; }

    /// <summary>
    /// Full path of a picture to that of its annotation, or null where none stands; a file that is found so may belong
    /// to all frames of a sequence.
    /// </summary>
    public Func<string, string?> Locate { get; init; } = _ => null;

    /// <summary>Whether a file that begins so is in the format.</summary>
    internal Func<FileStart, bool> Recognises { get; init; } = _ => false;

    /// <summary>Whether one file holds several pictures.</summary>
    public bool IsTable { get; init; }

    /// <summary>Whether a file that is located numbers the frames of a sequence; those without rows hold nobody.</summary>
    internal bool IsSequence { get; init; }

    /// <summary>
    /// Writes pictures: a table into a file of that path, others into a folder of it. The pictures are walked through
    /// more than once. Throws <see cref="IOException"/>, <see cref="UnauthorizedAccessException"/>, and
    /// <see cref="AnnotationException"/> for a picture that the format cannot hold. Null where it is read only.
    /// </summary>
    public Action<string, IEnumerable<PictureHeads>>? Write { get; init; }

    /// <summary>Whether <see cref="Write"/> needs <see cref="PictureHeads.Size"/>.</summary>
    public bool WriteNeedsSize { get; init; }

    /// <summary>The formats that are known; where several would do, the first is taken.</summary>
    public static IReadOnlyList<AnnotationFormat> All { get; } =
    [
        ShanghaiTechFormat.Format, UcfCc50Format.Format, BeijingBrtFormat.Format, NwpuFormat.Format, JhuFormat.Format,
        YoloFormat.Format, LabelmeFormat.Format, VocFormat.Format, ViaFormat.Format, MotFormat.Format, VisDroneFormat.Format,
        ParquetFormat.Format, NwpuPointsFile.Format, VsCrowdFormat.Format, HeadCsvFile.Format, CocoFormat.Format,
        CvatFormat.Format, HeadJsonFile.Format, LabelStudioFormat.Format, CrowdHumanFormat.Format, P2PNetFormat.Format, GeoJsonFile.Format,
    ];

    /// <summary>The format that a file is in.</summary>
    /// <exception cref="AnnotationException">The file is missing, empty or of no format that is known.</exception>
    public static AnnotationFormat Of(string path)
    {
        var start = FileStart.Of(path);
        if (start.Text.StartsWith("PK\x03\x04", StringComparison.Ordinal))
            throw new AnnotationException($"{path}: a ZIP archive; unpack it and give the folder");
        if (start.FirstLine.Length == 0)
            throw new AnnotationException($"{path}: holds no pictures");
        return All.FirstOrDefault(format => format.Recognises(start))
            ?? throw new AnnotationException($"{path}: the format is not recognised; name it " +
                $"({string.Join(", ", All.Where(format => format.Read is not null).Select(format => format.Id))})");
    }

    /// <summary>The format of that <see cref="Id"/>, whatever its case; null where none is called so.</summary>
    public static AnnotationFormat? Find(string id) =>
        All.FirstOrDefault(format => format.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Annotations that stand in a folder beside the pictures' folder.</summary>
internal static class SiblingFolder
{
    /// <summary>
    /// The first of the candidates that exists, if the picture's folder is named so or, as in <c>images_part1</c>,
    /// begins so.
    /// </summary>
    internal static string? Find(string imagePath, string pictureFolder, string[] annotationFolders, string file)
    {
        string folder = Path.GetDirectoryName(imagePath) ?? "";
        if (!Path.GetFileName(folder).StartsWith(pictureFolder, StringComparison.OrdinalIgnoreCase))
            return null;
        string parent = Path.GetDirectoryName(folder) ?? "";
        return annotationFolders.Select(name => Path.Combine(parent, name, file)).FirstOrDefault(File.Exists);
    }
}
