using HeadCount.Annotations.Json;
using HeadCount.Annotations.Mat;

namespace HeadCount.Annotations.Nwpu;

/// <summary>
/// NWPU-Crowd (Wang et al., PAMI 2020): <c>images*/NNNN.jpg</c> with <c>jsons/NNNN.json</c>
/// (<c>points</c> [[x, y]], <c>boxes</c> [[x1, y1, x2, y2]]) or <c>mats/NNNN.mat</c> (<c>annPoints</c>). Where every
/// point has its box, the boxes' centres are the heads and their sizes the matching radii.
/// </summary>
public static class NwpuFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "nwpu", "NWPU-Crowd", "images*/NNNN.jpg with jsons/NNNN.json or mats/NNNN.mat")
    {
        Locate = image => SiblingFolder.Find(image, "images", ["jsons"], Stem(image) + ".json")
            ?? SiblingFolder.Find(image, "images", ["mats"], Stem(image) + ".mat"),
        Recognises = start => start.IsObject && (start.Names.Contains("img_id") || start.Names.Contains("human_num")),
        Read = (path, image, reading) => [Read(path, reading) with { Name = image is null ? Stem(path) : Path.GetFileName(image) }],
    };

    private static string Stem(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>Reads the heads of one picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing, malformed or holds no such points.</exception>
    public static PictureHeads Read(string path, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        if (Path.GetExtension(path).Equals(".mat", StringComparison.OrdinalIgnoreCase))
            return new PictureHeads(Stem(path), MatPoints.Read(path, "annPoints"));
        return JsonStream.Read(path, json =>
        {
            var points = new List<HeadPoint>();
            var boxes = new List<HeadBox>();
            bool found = false;
            double? stated = null;
            json.Object("", name =>
            {
                if (name == "points")
                {
                    found = true;
                    json.Array(name, item =>
                    {
                        double[] point = item.Numbers(2);
                        points.Add(item.Place.Point(point[0], point[1]));
                    });
                }
                else if (name == "human_num")
                {
                    json.Value(name, value => stated = value.IsText ? null : value.NumberOrNull());
                }
                else if (name == "boxes")
                {
                    json.Array(name, item =>
                    {
                        double[] box = item.Numbers(4);
                        boxes.Add(item.Place.Box(box[0], box[1], box[2] - box[0], box[3] - box[1]));
                    });
                }
                else
                {
                    json.Skip();
                }
            });
            json.Finish();
            if (!found)
                throw new AnnotationException($"{path}: has no 'points'; expected a file of NWPU-Crowd");
            if (stated is double number && number != points.Count)
                reading.Guess("pictures whose points are taken, though they are not as many as human_num says", Path.GetFileName(path));
            if (boxes.Count != points.Count)
                reading.Omit("boxes left out, as not every point has one", Path.GetFileName(path), boxes.Count);
            return boxes.Count != points.Count
                ? new PictureHeads(Stem(path), points)
                : new PictureHeads(Stem(path), [.. boxes.Select(box => box.Point(LabelKind.Head))])
                {
                    Sigmas = [.. boxes.Select(box => HeadSigma.OfBox(box.Width, box.Height))],
                };
        });
    }
}
