using HeadCount.Annotations.Mat;
using HeadCount.IO;

namespace HeadCount.Annotations.ShanghaiTech;

/// <summary>
/// ShanghaiTech A and B (Zhang et al., CVPR 2016): <c>images/IMG_n.jpg</c> with
/// <c>ground-truth/GT_IMG_n.mat</c> (or <c>ground_truth</c>), points in <c>image_info{1,1}.location</c>. DroneCrowd
/// (Wen et al., CVPR 2021) has the same layout with <c>imgn.jpg</c> and <c>GT_imgn.mat</c>.
/// </summary>
public static class ShanghaiTechFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "shanghaitech", "ShanghaiTech", "images/IMG_n.jpg with ground-truth/GT_IMG_n.mat")
    {
        Locate = Locate,
        Recognises = start => start.HasMatVariable("image_info"),
        Read = (path, image, reading) =>
        [
            new PictureHeads(image is null ? PictureName(path) : Path.GetFileName(image), Read(path, reading)),
        ],
        Write = Write,
    };

    private const StringComparison IgnoringCase = StringComparison.OrdinalIgnoreCase;

    private static string FileName(string path) => Path.GetFileNameWithoutExtension(path);

    private static string PictureName(string path) =>
        FileName(path).StartsWith("GT_", IgnoringCase) ? FileName(path)[3..] : FileName(path);

    private static string? Locate(string imagePath) => SiblingFolder.Find(
        imagePath, "images", ["ground-truth", "ground_truth"], $"GT_{Path.GetFileNameWithoutExtension(imagePath)}.mat");

    /// <summary>Reads the head points of one <c>GT_IMG_n.mat</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing, malformed or holds no such points.</exception>
    public static IReadOnlyList<HeadPoint> Read(string path, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        var variables = MatFile.Read(path);
        if (!variables.TryGetValue("image_info", out MatValue? info))
            throw MatPoints.Missing(path, "image_info", variables.Keys);
        if (info is MatCell { Items: [var first, ..] and var cells })
        {
            reading.Omit("cells of image_info left out, of which the first is taken", Path.GetFileName(path), cells.Length - 1);
            info = first;
        }
        if (info is not MatStruct { Fields: var fields })
            throw new AnnotationException($"{path}: image_info{{1,1}} is no struct; expected a field 'location'");
        if (!fields.TryGetValue("location", out MatValue[]? location))
            throw MatPoints.Missing(path, "image_info{1,1}.location", fields.Keys);
        IReadOnlyList<HeadPoint> heads = MatPoints.FromTable(path, "image_info{1,1}.location", location[0]);
        if (fields.TryGetValue("number", out MatValue[]? number) && number[0] is MatNumbers { Values: [var stated] } && stated != heads.Count)
            reading.Guess("pictures whose points are taken, though they are not as many as number says", Path.GetFileName(path));
        return heads;
    }

    /// <summary>
    /// Writes <c>ground-truth/GT_name.mat</c> a picture, beside its folder where that is named images. Scores and
    /// ignored regions are not kept.
    /// </summary>
    /// <exception cref="AnnotationException">Two pictures would share a file.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or a file may not be written.</exception>
    public static void Write(string folder, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var names = new OutputNames(folder);
        foreach (PictureHeads picture in pictures)
        {
            string parent = Path.GetDirectoryName(picture.Name) ?? "";
            if (Path.GetFileName(parent).Equals("images", IgnoringCase))
                parent = Path.GetDirectoryName(parent) ?? "";
            var heads = picture.Heads;
            double[] columns = [.. heads.Select(head => head.X + 0.5), .. heads.Select(head => head.Y + 0.5)];
            byte[] info = MatWriter.Struct("",
                ("location", MatWriter.Numbers("", heads.Count, 2, columns)),
                ("number", MatWriter.Numbers("", 1, 1, [heads.Count])));
            byte[] file = MatWriter.File(MatWriter.Cell("image_info", info));
            WholeFile.Write(names.Create(Path.Combine(parent, "ground-truth", $"GT_{FileName(picture.Name)}.mat"),
                picture), stream => stream.Write(file));
        }
    }
}
