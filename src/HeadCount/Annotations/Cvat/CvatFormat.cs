using System.Globalization;
using System.Xml;
using HeadCount.IO;

namespace HeadCount.Annotations.Cvat;

/// <summary>
/// CVAT for images 1.1: XML with <c>image</c> elements that hold <c>points</c> (many in one, <c>x,y;x,y</c>) and
/// <c>box</c>. Points are heads whatever their label; boxes go by it (head, face, person, ignore). Files with a DTD are
/// refused.
/// </summary>
public static class CvatFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("cvat", "CVAT", "a CVAT .xml in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.FirstLine.StartsWith('<')
            && start.Text.Contains("<annotations", StringComparison.Ordinal),
        Read = (path, _) => Read(path),
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the line.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path) => AnnotationText.Open(path, stream =>
    {
        if (stream.Length == 0)
            throw new AnnotationException($"{path}: the file is empty");
        AnnotationText.CheckLength(path, stream, AnnotationText.MaxBytes);
        try
        {
            using var xml = XmlReader.Create(stream, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
            });
            return Read(path, xml);
        }
        catch (XmlException e)
        {
            string reason = e.Message.Split(" Line ")[0].TrimEnd('.');
            throw new AnnotationException($"{path}, line {Math.Max(e.LineNumber, 1)}: no valid XML ({reason})", e);
        }
    });

    private static List<PictureHeads> Read(string path, XmlReader xml)
    {
        var pictures = new List<PictureHeads>();
        DrawnHeads? drawn = null;
        string name = "";
        PictureSize? size = null;
        if (xml.MoveToContent() != XmlNodeType.Element || xml.Name != "annotations")
            throw Place().Error($"begins with '{xml.Name}'; expected 'annotations' of CVAT for images 1.1");
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.EndElement && xml.Name == "image")
                Finish();
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            switch (xml.Name)
            {
                case "track":
                    throw Place().Error("a CVAT file for videos; export it as 'CVAT for images 1.1'");
                case "image":
                    Finish();
                    name = Attribute("name").Replace('\\', '/');
                    size = xml.GetAttribute("width") is null || xml.GetAttribute("height") is null
                        ? null
                        : Place().Size(Number("width"), Number("height"));
                    drawn = new DrawnHeads();
                    if (xml.IsEmptyElement)
                        Finish();
                    break;
                case "points" when drawn is not null:
                    if (Kind() != BoxKind.Ignored)
                        Points().ForEach(drawn.Add);
                    break;
                case "polygon" or "polyline" when drawn is not null:
                    drawn.Add(Attribute("label"), HeadBox.Bounds(Points()));
                    break;
                case "box" when drawn is not null:
                    (double left, double top) = (Number("xtl"), Number("ytl"));
                    drawn.Add(Attribute("label"), Place().Box(left, top, Number("xbr") - left, Number("ybr") - top));
                    break;
                case "ellipse" when drawn is not null:
                    (double rx, double ry) = (Number("rx"), Number("ry"));
                    drawn.Add(Attribute("label"),
                        Place().Box(Number("cx") - rx, Number("cy") - ry, 2 * rx, 2 * ry));
                    break;
                default:
                    break;
            }
        }
        return pictures;

        void Finish()
        {
            if (drawn is not null)
                pictures.Add(drawn.ToPicture(name, size));
            drawn = null;
        }

        AnnotationPlace Place() => AnnotationPlace.Line(path, ((IXmlLineInfo)xml).LineNumber);

        BoxKind Kind() => HeadBox.KindOf(Attribute("label"));

        string Attribute(string attribute) => xml.GetAttribute(attribute)
            ?? throw Place().Error($"'{xml.Name}' has no '{attribute}'");

        double Number(string attribute) => Parse(Attribute(attribute));

        double Parse(ReadOnlySpan<char> text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number)
                ? number
                : throw Place().Error($"'{(text.Length > 40 ? text[..40] : text)}' is no number");

        List<HeadPoint> Points()
        {
            var points = new List<HeadPoint>();
            ReadOnlySpan<char> text = Attribute("points");
            foreach (Range range in text.Split(';'))
            {
                ReadOnlySpan<char> point = text[range];
                int comma = point.IndexOf(',');
                if (comma < 0)
                    throw Place().Error($"'{(point.Length > 40 ? point[..40] : point)}' is no point 'x,y'");
                points.Add(Place().Point(Parse(point[..comma]), Parse(point[(comma + 1)..])));
            }
            return points;
        }
    }

    /// <summary>
    /// Writes one <c>points</c> element a head, labelled head, and a <c>box</c> labelled ignore an ignored region.
    /// Scores are not kept.
    /// </summary>
    /// <exception cref="AnnotationException">A picture's size is unknown.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, IEnumerable<PictureHeads> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        WholeFile.Write(path, stream =>
        {
            using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, NewLineChars = "\n" });
            xml.WriteStartElement("annotations");
            xml.WriteElementString("version", "1.1");
            int id = 0;
            foreach (PictureHeads picture in pictures)
            {
                PictureSize size = picture.RequireSize();
                xml.WriteStartElement("image");
                xml.WriteAttributeString("id", Number(id++));
                xml.WriteAttributeString("name", picture.Name);
                xml.WriteAttributeString("width", Number(size.Width));
                xml.WriteAttributeString("height", Number(size.Height));
                foreach (HeadPoint head in picture.Heads)
                {
                    Start("points", "head");
                    xml.WriteAttributeString("points", $"{Number(head.X)},{Number(head.Y)}");
                    xml.WriteEndElement();
                }
                foreach (IgnoredRegion region in picture.Ignored)
                {
                    Start("box", "ignore");
                    xml.WriteAttributeString("xtl", Number(region.Left));
                    xml.WriteAttributeString("ytl", Number(region.Top));
                    xml.WriteAttributeString("xbr", Number(region.Left + region.Width));
                    xml.WriteAttributeString("ybr", Number(region.Top + region.Height));
                    xml.WriteEndElement();
                }
                xml.WriteEndElement();
            }
            xml.WriteEndElement();

            void Start(string element, string label)
            {
                xml.WriteStartElement(element);
                xml.WriteAttributeString("label", label);
                xml.WriteAttributeString("source", "manual");
                xml.WriteAttributeString("occluded", "0");
                xml.WriteAttributeString("z_order", "0");
            }
        });

        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}
