using HeadCount.Annotations.Json;

namespace HeadCount.Annotations.HeadJson;

/// <summary>
/// What <c>headcount count --format json</c> writes: an array of <c>image</c>, <c>width</c>, <c>height</c> and
/// <c>heads</c>, each with <c>x</c>, <c>y</c> and <c>score</c>.
/// </summary>
public static class HeadJsonFile
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "json", "HeadCount JSON", "counts.json of headcount count, by its name as a file")
    {
        IsTable = true,
        Recognises = start => start.IsArray && start.InnerNames.Contains("image") && start.InnerNames.Contains("heads"),
        Read = (path, _, _) => Read(path),
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the field.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path) => JsonStream.Read(path, json =>
    {
        var pictures = new List<PictureHeads>();
        json.Array("", picture => pictures.Add(new PictureHeads(picture.Field("image").Text().Replace('\\', '/'),
            [.. picture.Field("heads").Items().Select(head => head.Place.Point(
                head.Field("x").Number(), head.Field("y").Number(), head["score"]?.Number() ?? 1))])
        {
            Size = picture["width"] is { } width && picture["height"] is { } height
                ? picture.Place.Size(width.Number(), height.Number())
                : null,
        }));
        json.Finish();
        return pictures;
    });
}
