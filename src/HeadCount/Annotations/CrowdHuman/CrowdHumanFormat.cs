using System.Text.Json;
using HeadCount.Annotations.Json;

namespace HeadCount.Annotations.CrowdHuman;

/// <summary>
/// CrowdHuman (Shao et al., 2018): <c>.odgt</c>, one JSON object a line with <c>ID</c> and <c>gtboxes</c>. The centre
/// of <c>hbox</c> is the head. Masks and boxes to be ignored are ignored regions.
/// </summary>
public static class CrowdHumanFormat
{
    /// <summary>The format for <see cref="Dataset"/>.</summary>
    public static AnnotationFormat Format { get; } = new("crowdhuman", "CrowdHuman", "an .odgt in the dataset folder")
    {
        IsTable = true,
        Recognises = start => start.Extension == ".ODGT" || start.IsObject && start.Names.Contains("gtboxes"),
        Read = (path, _, reading) => Read(path, reading),
    };

    /// <summary>Reads the file's pictures, named <c>ID.jpg</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Where notes are taken.</param>
    /// <exception cref="AnnotationException">The file is missing or a line is malformed.</exception>
    public static IReadOnlyList<PictureHeads> Read(string path, AnnotationReading? reading = null)
    {
        reading ??= new AnnotationReading();
        var pictures = AnnotationText.Lines(path, (place, text) =>
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(text);
                return Picture(new JsonField(path, place.Where[2..], null, document.RootElement), reading);
            }
            catch (JsonException e)
            {
                throw new AnnotationException(
                    place.Error($"no valid JSON ({JsonStream.Reason(e)})").Message, e);
            }
        });
        return pictures.Count > 0 ? pictures : throw new AnnotationException($"{path}: the file is empty");
    }

    private static PictureHeads Picture(JsonField row, AnnotationReading reading)
    {
        var drawn = new DrawnHeads(reading);
        foreach (JsonField person in row.Field("gtboxes").Items())
        {
            bool mask = person["tag"]?.Text() == "mask" || person["extra"]?["ignore"] is { IsTrue: true };
            bool hidden = person["head_attr"]?["ignore"] is { IsTrue: true };
            JsonField? box = mask ? person["fbox"] ?? person["vbox"] ?? person["hbox"] : person.Field("hbox");
            if (box is null)
                throw person.Place.Error("has no 'fbox'");
            double[] sides = box.Numbers(4);
            if (!mask && !hidden)
                drawn.Add(LabelKind.Head, "head", box.Place.Box(sides[0], sides[1], sides[2], sides[3]));
            else if (sides[2] > 0 && sides[3] > 0)
                drawn.Ignore(box.Place.Box(sides[0], sides[1], sides[2], sides[3]));
            else
                reading.Omit("boxes to be ignored left out, as they are empty", mask ? "mask" : "head");
        }
        return drawn.ToPicture(row.Field("ID").Text() + ".jpg");
    }
}
