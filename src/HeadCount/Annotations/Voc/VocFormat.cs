using System.Xml;
using System.Xml.Linq;

namespace HeadCount.Annotations.Voc;

/// <summary>
/// Pascal VOC (Everingham et al., IJCV 2010), as LabelImg and Roboflow write it too: one XML file a picture with
/// <c>object</c> elements of <c>name</c> and <c>bndbox</c>; in <c>Annotations/</c> beside <c>JPEGImages/</c>, in
/// <c>annotations/</c> beside <c>images/</c>, or beside the picture. Boxes count pixels from 1 and include the last one.
/// Of a person with a <c>part</c> named head that part is taken.
/// </summary>
public static class VocFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new(
        "voc", "Pascal VOC", "JPEGImages/name.jpg with Annotations/name.xml, or name.xml beside name.jpg (Pascal VOC)")
    {
        Recognises = Recognises,
        Locate = Locate,
        Read = (path, image, reading) => Read(path, reading) is var picture && image is null
            ? [picture]
            : [picture with { Name = Path.GetFileName(image!) }],
    };

    private static bool Recognises(FileStart start) => start.FirstLine.StartsWith('<')
        && (start.Text.Contains("<annotation>", StringComparison.Ordinal)
            || start.Text.Contains("<annotation ", StringComparison.Ordinal));

    private static string? Locate(string image)
    {
        string file = Path.GetFileNameWithoutExtension(image) + ".xml";
        string beside = Path.ChangeExtension(image, ".xml");
        string? path = SiblingFolder.Find(image, "JPEGImages", ["Annotations"], file)
            ?? SiblingFolder.Find(image, "images", ["annotations", "Annotations"], file)
            ?? (File.Exists(beside) ? beside : null);
        return path is not null && new FileInfo(path).Length > 0 && Recognises(FileStart.Of(path)) ? path : null;
    }

    /// <summary>Reads the heads of one picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the line.</exception>
    public static PictureHeads Read(string path, AnnotationReading? reading = null) => XmlText.Read(path, xml =>
    {
        XElement root = XDocument.Load(xml, LoadOptions.SetLineInfo).Root!;
        if (root.Name.LocalName != "annotation")
            throw Place(root).Error($"begins with '{root.Name.LocalName}'; expected 'annotation' of Pascal VOC");
        var drawn = new DrawnHeads(reading ?? new AnnotationReading());
        foreach (XElement item in root.Elements("object"))
        {
            XElement[] heads = [.. item.Elements("part").Where(part =>
                HeadLabels.Default.KindOf(part.Element("name")?.Value ?? "") == LabelKind.Head)];
            string label = Text(item, "name");
            if (heads.Length > 0 && drawn.Reading.Labels.KindOf(label) == LabelKind.Person)
                drawn.Add(LabelKind.Head, label, Box(heads[0]));
            else
                drawn.Add(label, Box(item));
        }
        XElement? size = root.Element("size");
        PictureSize? known = size is not null && Number(size, "width") is >= 1 and var width && Number(size, "height") is >= 1 and var height
            ? Place(size).Size(width, height)
            : null;
        string name = root.Element("filename")?.Value.Trim() is { Length: > 0 } given ? given : Path.GetFileNameWithoutExtension(path);
        return drawn.ToPicture(name.Replace('\\', '/'), known);

        HeadBox Box(XElement item)
        {
            XElement box = item.Element("bndbox") ?? throw Place(item).Error("an object without 'bndbox'");
            (double left, double top) = (Number(box, "xmin") - 1, Number(box, "ymin") - 1);
            return Place(box).Box(left, top, Number(box, "xmax") - left, Number(box, "ymax") - top);
        }

        string Text(XElement parent, string name) => parent.Element(name)?.Value.Trim()
            ?? throw Place(parent).Error($"'{parent.Name.LocalName}' has no '{name}'");

        double Number(XElement parent, string name) => XmlText.Number(Place(parent), Text(parent, name));

        AnnotationPlace Place(XElement element) => AnnotationPlace.Line(path, ((IXmlLineInfo)element).LineNumber);
    });
}
