using HeadCount.Annotations.Mat;

namespace HeadCount.Annotations.BeijingBrt;

/// <summary>
/// Beijing-BRT (Ding et al., ICASSP 2018): <c>frame/name.jpg</c> with <c>ground_truth/name.mat</c>,
/// points in <c>loc</c>.
/// </summary>
public static class BeijingBrtFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "brt", "Beijing-BRT", "frame/name.jpg with ground_truth/name.mat")
    {
        Locate = Locate,
        Recognises = start => start.HasMatVariable("loc"),
        Read = (path, image, reading) =>
        [
            new PictureHeads(image is null ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(image),
                Read(path)),
        ],
    };

    private static string? Locate(string imagePath) => SiblingFolder.Find(
        imagePath, "frame", ["ground_truth", "ground-truth"], $"{Path.GetFileNameWithoutExtension(imagePath)}.mat");

    /// <summary>Reads the head points of one MAT file.</summary>
    /// <exception cref="AnnotationException">The file is missing, malformed or holds no such points.</exception>
    public static IReadOnlyList<HeadPoint> Read(string path) => MatPoints.Read(path, "loc");
}
