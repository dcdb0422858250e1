using System.Globalization;
using System.Xml;
using HeadCount.IO;

namespace HeadCount.Annotations.Cvat;

/// <summary>
/// CVAT for images 1.1: XML with <c>image</c> elements that hold <c>points</c> (many in one, <c>x,y;x,y</c>),
/// <c>box</c>, <c>polygon</c>, <c>polyline</c>, <c>ellipse</c>, <c>mask</c>, <c>cuboid</c> and <c>skeleton</c>; of boxes
/// and ellipses that are turned the upright rectangle around them is taken, of a skeleton its head
/// (<see cref="HeadKeypoints"/>). CVAT for video 1.1: the same shapes in <c>track</c> elements, with the number of their
/// frame from 0; frames are called <c>frame_000000</c>, as CVAT calls them. Files with a DTD are refused.
/// </summary>
public static class CvatFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("cvat", "CVAT", "a CVAT .xml in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.FirstLine.StartsWith('<')
            && start.Text.Contains("<annotations", StringComparison.Ordinal),
        Read = (path, _, reading) => Read(path, reading),
        Write = Write,
        WriteNeedsSize = true,
    };

    /// <summary>Reads the file's pictures.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Which labels are meant, and where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or malformed; the message names the line.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null) =>
        XmlText.Read(path, xml => new Reader(path, xml, reading ?? new AnnotationReading()).Read());

    private sealed class Reader(string path, XmlReader xml, AnnotationReading reading)
    {
        private readonly List<PictureHeads> _pictures = [];
        private readonly SortedDictionary<int, DrawnHeads> _frames = [];
        private DrawnHeads? _drawn;
        private string _name = "";
        private PictureSize? _size, _frameSize;
        private string? _track;

        internal List<PictureHeads> Read()
        {
            if (xml.MoveToContent() != XmlNodeType.Element || xml.Name != "annotations")
                throw Place.Error($"begins with '{xml.Name}'; expected 'annotations' of CVAT for images 1.1");
            while (xml.Read())
            {
                if (xml.NodeType == XmlNodeType.EndElement && xml.Name == "image")
                    Finish();
                else if (xml.NodeType == XmlNodeType.EndElement && xml.Name == "track")
                    _track = null;
                else if (xml.NodeType == XmlNodeType.Element)
                    Element();
            }
            _pictures.AddRange(_frames.Select(frame => frame.Value.ToPicture(
                string.Create(CultureInfo.InvariantCulture, $"frame_{frame.Key:000000}"), _frameSize)));
            return _pictures;
        }

        private void Element()
        {
            switch (xml.Name)
            {
                case "meta":
                    Meta();
                    break;
                case "track":
                    _track = xml.GetAttribute("label") ?? "";
                    break;
                case "image":
                    Finish();
                    _name = Attribute("name").Replace('\\', '/');
                    _size = xml.GetAttribute("width") is null || xml.GetAttribute("height") is null
                        ? null
                        : Place.Size(Number("width"), Number("height"));
                    _drawn = new DrawnHeads(reading);
                    if (xml.IsEmptyElement)
                        Finish();
                    break;
                case "box" or "polygon" or "polyline" or "points" or "ellipse" or "mask" or "cuboid" or "skeleton" or "tag":
                    if (_drawn is not null)
                        Shape(_drawn, Attribute("label"));
                    else if (_track is not null)
                        Frame();
                    break;
                default:
                    break;
            }
        }

        /// <summary>A film's frame size stands before its tracks.</summary>
        private void Meta()
        {
            if (xml.IsEmptyElement)
                return;
            int depth = xml.Depth;
            double width = 0, height = 0;
            string parent = "";
            while (xml.Read() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
            {
                if (xml.NodeType == XmlNodeType.Element)
                    parent = xml.Name;
                else if (xml.NodeType == XmlNodeType.Text && parent is "width" or "height"
                    && double.TryParse(xml.Value, CultureInfo.InvariantCulture, out double side))
                    (width, height) = parent == "width" ? (side, height) : (width, side);
            }
            if (width >= 1 && height >= 1)
                _frameSize = Place.Size(width, height);
        }

        /// <summary>A shape of a track, in one frame; <c>outside</c> says that it is not to be seen there.</summary>
        private void Frame()
        {
            double number = Number("frame");
            if (number is not (>= 0 and <= int.MaxValue) || number != Math.Floor(number))
                throw Place.Error($"'{Attribute("frame")}' is no number of a frame");
            if (!_frames.TryGetValue((int)number, out DrawnHeads? drawn))
                _frames.Add((int)number, drawn = new DrawnHeads(reading));
            if (xml.GetAttribute("outside") == "1")
                Pass();
            else
                Shape(drawn, xml.GetAttribute("label") ?? _track!);
        }

        private void Shape(DrawnHeads drawn, string label)
        {
            switch (xml.Name)
            {
                case "points":
                    Points(Attribute("points")).ForEach(point => drawn.Add(label, point));
                    break;
                case "polygon" or "polyline":
                    drawn.Add(label, HeadBox.Bounds(Points(Attribute("points"))));
                    break;
                case "box":
                    (double left, double top) = (Number("xtl"), Number("ytl"));
                    drawn.Add(label, Turned(Place.Box(left, top, Number("xbr") - left, Number("ybr") - top)));
                    break;
                case "ellipse":
                    (double rx, double ry) = (Number("rx"), Number("ry"));
                    drawn.Add(label, Turned(Place.Box(Number("cx") - rx, Number("cy") - ry, 2 * rx, 2 * ry)));
                    break;
                case "mask":
                    drawn.Add(label, Place.Box(Number("left"), Number("top"), Number("width"), Number("height")));
                    break;
                case "cuboid":
                    string[] corners = ["tl1", "bl1", "tr1", "br1", "tl2", "bl2", "tr2", "br2"];
                    drawn.Add(label, HeadBox.Bounds([.. corners.Select(corner =>
                        Place.Point(Number("x" + corner), Number("y" + corner)))]));
                    break;
                case "skeleton":
                    Skeleton(drawn, label);
                    break;
                default:
                    reading.Omit("tags left out, as they say nothing of places", label);
                    break;
            }
        }

        private HeadBox Turned(HeadBox box) => box.Turned(xml.GetAttribute("rotation") is null ? 0 : Number("rotation"));

        private void Skeleton(DrawnHeads drawn, string label)
        {
            var points = new List<(string Name, HeadPoint? Point)>();
            if (!xml.IsEmptyElement)
            {
                int depth = xml.Depth;
                while (xml.Read() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
                    if (xml.NodeType == XmlNodeType.Element && xml.Name == "points")
                        points.Add((Attribute("label"),
                            xml.GetAttribute("outside") == "1" ? null : Points(Attribute("points"))[0]));
            }
            if (reading.Labels.KindOf(label) == LabelKind.Ignored)
                reading.Omit("skeletons labelled to be ignored left out, as they are no regions", label);
            else if (reading.Labels.AreAsked && reading.Labels.KindOf(label) == LabelKind.Other)
                reading.UnknownLabel("skeletons", label);
            else if (new HeadKeypoints(points.Select(point => point.Name)).Find(at => points[at].Point) is { } head)
                drawn.Add(head);
            else
                reading.Omit("skeletons left out, whose head is not to be seen", label);
        }

        /// <summary>Goes to the end of the element.</summary>
        private void Pass()
        {
            if (xml.IsEmptyElement)
                return;
            int depth = xml.Depth;
            while (xml.Read() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
            {
            }
        }

        private void Finish()
        {
            if (_drawn is not null)
                _pictures.Add(_drawn.ToPicture(_name, _size));
            _drawn = null;
        }

        private AnnotationPlace Place => XmlText.Place(path, xml);

        private string Attribute(string attribute) => xml.GetAttribute(attribute)
            ?? throw Place.Error($"'{xml.Name}' has no '{attribute}'");

        private double Number(string attribute) => XmlText.Number(Place, Attribute(attribute));

        private List<HeadPoint> Points(string text)
        {
            var points = new List<HeadPoint>();
            foreach (Range range in text.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> point = text.AsSpan(range);
                int comma = point.IndexOf(',');
                if (comma < 0)
                    throw Place.Error($"'{(point.Length > 40 ? point[..40] : point)}' is no point 'x,y'");
                points.Add(Place.Point(XmlText.Number(Place, point[..comma]), XmlText.Number(Place, point[(comma + 1)..])));
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
