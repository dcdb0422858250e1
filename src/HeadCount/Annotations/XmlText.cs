using System.Globalization;
using System.Xml;

namespace HeadCount.Annotations;

/// <summary>Opens annotation files in XML; those with a DTD are refused.</summary>
internal static class XmlText
{
    internal static T Read<T>(string path, Func<XmlReader, T> read) => AnnotationText.Open(path, stream =>
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
            return read(xml);
        }
        catch (XmlException e)
        {
            string reason = e.Message.Split(" Line ")[0].TrimEnd('.');
            throw new AnnotationException($"{path}, line {Math.Max(e.LineNumber, 1)}: no valid XML ({reason})", e);
        }
    });

    /// <summary>Where a reader stands.</summary>
    internal static AnnotationPlace Place(string path, XmlReader xml) =>
        AnnotationPlace.Line(path, ((IXmlLineInfo)xml).LineNumber);

    /// <summary>A finite number.</summary>
    internal static double Number(AnnotationPlace place, ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw place.Error($"'{(text.Length > 40 ? text[..40] : text)}' is no number");
}
