namespace HeadCount.Annotations;

/// <summary>
/// Gathers what is drawn in one picture and says what it means. Boxes go by their label: heads where there are any,
/// otherwise persons, unless points stand beside them. Points are heads; where some have a label that names heads or
/// persons, only those. What becomes neither a head nor an ignored region is noted.
/// </summary>
internal sealed class DrawnHeads(AnnotationReading reading)
{
    private readonly List<HeadPoint> _points = [], _heads = [], _persons = [];
    private readonly List<(string Label, HeadPoint Point)> _otherPoints = [];
    private readonly List<string> _personLabels = [];
    private readonly List<IgnoredRegion> _ignored = [];

    internal AnnotationReading Reading => reading;

    /// <summary>A point that needs no label.</summary>
    internal void Add(HeadPoint point) => _points.Add(point);

    internal void Add(string label, HeadPoint point)
    {
        switch (reading.Labels.KindOf(label))
        {
            case LabelKind.Head or LabelKind.Person:
                _points.Add(point);
                break;
            case LabelKind.Ignored:
                reading.Omit("points labelled to be ignored left out, as a point is no region", label);
                break;
            default:
                _otherPoints.Add((label, point));
                break;
        }
    }

    internal void Ignore(HeadBox box) => _ignored.Add(box.Region);

    internal void Add(string label, HeadBox box, double score = 1) =>
        Add(reading.Labels.KindOf(label), label, box, score);

    /// <summary>A box whose kind is known whatever its label, unless labels are asked for.</summary>
    internal void Add(LabelKind kind, string label, HeadBox box, double score = 1)
    {
        if (reading.Labels.AreAsked)
            kind = reading.Labels.KindOf(label);
        switch (kind)
        {
            case LabelKind.Other:
                reading.UnknownLabel("boxes", label);
                break;
            case LabelKind.Ignored:
                Ignore(box);
                break;
            case LabelKind.Head:
                _heads.Add(box.Point(kind, score));
                break;
            default:
                _persons.Add(box.Point(kind, score));
                _personLabels.Add(label);
                break;
        }
    }

    internal PictureHeads ToPicture(string name, PictureSize? size = null)
    {
        bool takesOthers = _points.Count == 0 && !reading.Labels.AreAsked;
        foreach ((string label, HeadPoint point) in _otherPoints)
        {
            if (!takesOthers)
            {
                reading.UnknownLabel("points", label);
                continue;
            }
            _points.Add(point);
            if (label.Length > 0)
                reading.Guess("points of other labels taken for heads", label);
        }
        bool takesPersons = _heads.Count == 0 && _points.Count == 0;
        foreach (string label in _personLabels)
        {
            if (takesPersons)
                reading.Guess("heads placed near the top of persons' boxes", label);
            else
                reading.Omit("persons' boxes left out, as heads are marked in the same picture", label);
        }
        return new PictureHeads(name, [.. _points, .. _heads, .. takesPersons ? _persons : []])
        {
            Ignored = _ignored,
            Size = size,
        };
    }
}
