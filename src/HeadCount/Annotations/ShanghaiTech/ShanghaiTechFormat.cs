using HeadCount.Annotations.Mat;

namespace HeadCount.Annotations.ShanghaiTech;

/// <summary>
/// ShanghaiTech A and B (Zhang et al., CVPR 2016): <c>images/IMG_n.jpg</c> with
/// <c>ground-truth/GT_IMG_n.mat</c> (or <c>ground_truth</c>), points in <c>image_info{1,1}.location</c>.
/// </summary>
public static class ShanghaiTechFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "ShanghaiTech", "images/IMG_n.jpg with ground-truth/GT_IMG_n.mat", Locate, Read);

    private static string? Locate(string imagePath) => SiblingFolder.Find(
        imagePath, "images", ["ground-truth", "ground_truth"], $"GT_{Path.GetFileNameWithoutExtension(imagePath)}.mat");

    /// <summary>Reads the head points of one <c>GT_IMG_n.mat</c>.</summary>
    /// <exception cref="AnnotationException">The file is missing, malformed or holds no such points.</exception>
    public static IReadOnlyList<HeadPoint> Read(string path)
    {
        var variables = MatFile.Read(path);
        if (!variables.TryGetValue("image_info", out MatValue? info))
            throw MatPoints.Missing(path, "image_info", variables.Keys);
        if (info is MatCell { Items: [var first, ..] })
            info = first;
        if (info is not MatStruct { Fields: var fields })
            throw new AnnotationException($"{path}: image_info{{1,1}} is no struct; expected a field 'location'");
        return fields.TryGetValue("location", out MatValue[]? location)
            ? MatPoints.FromTable(path, "image_info{1,1}.location", location[0])
            : throw MatPoints.Missing(path, "image_info{1,1}.location", fields.Keys);
    }
}
