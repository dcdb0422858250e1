namespace HeadCount.Annotations;

/// <summary>
/// Finds the head among a person's keypoints: the one named head; else the middle of its top and bottom, as in PoseTrack
/// and MPII; else the mean of those that are visible of nose, eyes and ears.
/// </summary>
internal sealed class HeadKeypoints
{
    private static readonly string[] Face =
        ["nose", "left eye", "right eye", "left ear", "right ear", "eye left", "eye right", "ear left", "ear right"];

    private static readonly string[] Tops = ["head top", "top head", "top of head"];
    private static readonly string[] Bottoms = ["head bottom", "bottom head", "upper neck", "neck"];

    private readonly int _head, _top, _bottom;
    private readonly int[] _face;

    internal HeadKeypoints(IEnumerable<string> names)
    {
        string[] plain = [.. names.Select(name => string.Join(' ',
            name.ToLowerInvariant().Split(['_', '-', ' ', '.'], StringSplitOptions.RemoveEmptyEntries)))];
        _top = Find(Tops);
        _bottom = Find(Bottoms);
        _head = Array.IndexOf(plain, "head");
        if (_head < 0)
            _head = Array.FindIndex(plain, name => HeadLabels.Default.KindOf(name) == LabelKind.Head
                && !Tops.Contains(name) && !Bottoms.Contains(name));
        _face = [.. Enumerable.Range(0, plain.Length).Where(i => Face.Contains(plain[i]))];

        int Find(string[] wanted) =>
            wanted.Select(name => Array.IndexOf(plain, name)).FirstOrDefault(at => at >= 0, -1);
    }

    /// <summary>Whether a keypoint is the head itself.</summary>
    internal bool NamesHead => _head >= 0 || _top >= 0 && _bottom >= 0;

    /// <summary>The head, or null where none of its keypoints is visible.</summary>
    /// <param name="at">A keypoint by its index; null where it is not visible or not there.</param>
    internal HeadPoint? Find(Func<int, HeadPoint?> at)
    {
        if (_head >= 0 && at(_head) is { } head)
            return head;
        if (_top >= 0 && _bottom >= 0 && at(_top) is { } top && at(_bottom) is { } bottom)
            return new HeadPoint((top.X + bottom.X) / 2, (top.Y + bottom.Y) / 2);
        HeadPoint[] face = [.. _face.Select(at).OfType<HeadPoint>()];
        return face.Length == 0 ? null : new HeadPoint(face.Average(point => point.X), face.Average(point => point.Y));
    }
}
