namespace HeadCount.Annotations.Jhu;

/// <summary>
/// JHU-CROWD++ (Sindagi et al., PAMI 2020): <c>images/NNNN.jpg</c> with <c>gt/NNNN.txt</c>, one row
/// <c>x y w h occlusion blur</c> a head: x and y of the head's centre as a pixel counted from 0, so 0.5 is added; its
/// size gives the matching radii. An empty file is a picture without heads.
/// </summary>
public static class JhuFormat
{
    private const string Row = "x y w h occlusion blur";

    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("jhu", "JHU-CROWD++", "images/NNNN.jpg with gt/NNNN.txt")
    {
        Locate = image => SiblingFolder.Find(
            image, "images", ["gt"], Path.GetFileNameWithoutExtension(image) + ".txt"),
        Read = (path, image, reading) => [Read(path) with { Name = Path.GetFileName(image ?? path) }],
    };

    /// <summary>Reads the heads of one picture.</summary>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    public static PictureHeads Read(string path)
    {
        var heads = new List<HeadPoint>();
        var sigmas = new List<HeadSigma>();
        foreach (NumberRow row in AnnotationText.Rows(path))
        {
            row.Require(4, Row);
            HeadBox box = row.Box(0);
            heads.Add(new HeadPoint(box.Left + 0.5, box.Top + 0.5));
            sigmas.Add(HeadSigma.OfBox(box.Width, box.Height));
        }
        return new PictureHeads(Path.GetFileNameWithoutExtension(path), heads) { Sigmas = sigmas };
    }
}
