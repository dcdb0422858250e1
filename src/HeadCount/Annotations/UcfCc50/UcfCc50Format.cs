using HeadCount.Annotations.Mat;

namespace HeadCount.Annotations.UcfCc50;

/// <summary>
/// UCF_CC_50 (Idrees et al., CVPR 2013) and UCF-QNRF (ECCV 2018): <c>name.jpg</c> beside <c>name_ann.mat</c>,
/// points in <c>annPoints</c>.
/// </summary>
public static class UcfCc50Format
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "ucf", "UCF", "name.jpg beside name_ann.mat (UCF_CC_50, UCF-QNRF)")
    {
        Locate = Locate,
        Recognises = start => start.HasMatVariable("annPoints"),
        Read = (path, image, reading) =>
        [
            new PictureHeads(image is null ? PictureName(path) : Path.GetFileName(image), Read(path)),
        ],
    };

    private static string PictureName(string path) =>
        Path.GetFileNameWithoutExtension(path) is var name && name.EndsWith("_ann", StringComparison.OrdinalIgnoreCase)
            ? name[..^"_ann".Length]
            : name;

    private static string? Locate(string imagePath)
    {
        string annotation = Path.Combine(Path.GetDirectoryName(imagePath) ?? "",
            $"{Path.GetFileNameWithoutExtension(imagePath)}_ann.mat");
        return File.Exists(annotation) ? annotation : null;
    }

    /// <summary>Reads the head points of one <c>name_ann.mat</c>.</summary>
    /// <exception cref="AnnotationException">The file is missing, malformed or holds no such points.</exception>
    public static IReadOnlyList<HeadPoint> Read(string path) => MatPoints.Read(path, "annPoints");
}
