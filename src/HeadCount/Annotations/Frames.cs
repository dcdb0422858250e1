using System.Globalization;

namespace HeadCount.Annotations;

/// <summary>Gathers what is drawn in the frames of a sequence; rows begin with the frame's number.</summary>
internal sealed class Frames(AnnotationReading reading)
{
    private readonly SortedDictionary<int, DrawnHeads> _frames = [];

    internal DrawnHeads this[NumberRow row]
    {
        get
        {
            if (row[0] is not (>= 0 and <= int.MaxValue) || row[0] != Math.Floor(row[0]))
                throw row.Place.Error(FormattableString.Invariant($"{row[0]} is no number of a frame"));
            int frame = (int)row[0];
            if (!_frames.TryGetValue(frame, out DrawnHeads? drawn))
                _frames.Add(frame, drawn = new DrawnHeads(reading));
            return drawn;
        }
    }

    /// <summary>The frames in their order, named after a pattern with {0}.</summary>
    internal List<PictureHeads> ToPictures(string pattern) => [.. _frames.Select(frame =>
        frame.Value.ToPicture(string.Format(CultureInfo.InvariantCulture, pattern, frame.Key)))];
}
