using HeadCount.Annotations.BeijingBrt;
using HeadCount.Annotations.ShanghaiTech;
using HeadCount.Annotations.UcfCc50;

namespace HeadCount.Annotations;

/// <summary>A published layout with one annotation file a picture.</summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Layout">Where pictures and annotations stand, for messages.</param>
/// <param name="Locate">Full path of a picture to that of its annotation, or null where none stands.</param>
/// <param name="Read">Path of an annotation to its head points; throws <see cref="AnnotationException"/>.</param>
public sealed record AnnotationFormat(
    string Name, string Layout, Func<string, string?> Locate, Func<string, IReadOnlyList<HeadPoint>> Read)
{
    /// <summary>The layouts that are known.</summary>
    public static IReadOnlyList<AnnotationFormat> All { get; } =
        [ShanghaiTechFormat.Format, UcfCc50Format.Format, BeijingBrtFormat.Format];
}

/// <summary>Annotations that stand in a folder beside the pictures' folder.</summary>
internal static class SiblingFolder
{
    /// <summary>The first of the candidates that exists, if the picture's folder has the right name.</summary>
    internal static string? Find(string imagePath, string pictureFolder, string[] annotationFolders, string file)
    {
        string folder = Path.GetDirectoryName(imagePath) ?? "";
        if (!Path.GetFileName(folder).Equals(pictureFolder, StringComparison.OrdinalIgnoreCase))
            return null;
        string parent = Path.GetDirectoryName(folder) ?? "";
        return annotationFolders.Select(name => Path.Combine(parent, name, file)).FirstOrDefault(File.Exists);
    }
}
