namespace HeadCount.Annotations;

/// <summary>The heads of one picture as a point file holds them.</summary>
/// <param name="Name">The picture as the file names it: a path with forward slashes, or a number.</param>
/// <param name="Heads">Head points in the coordinates of the upright picture; some may lie outside its frame.</param>
public sealed record PictureHeads(string Name, IReadOnlyList<HeadPoint> Heads)
{
    /// <summary>Matching radii, one a head, where the file states them (truth of NWPU-Crowd); otherwise null.</summary>
    public IReadOnlyList<HeadSigma>? Sigmas { get; init; }
}

/// <summary>
/// How far from a true head a detection may lie, from the head's box of w × h pixels, as NWPU-Crowd defines it.
/// </summary>
/// <param name="Small">σs = ⌊min(w, h) / 2⌋ pixels.</param>
/// <param name="Large">σl = ⌊√(w² + h²) / 2⌋ pixels.</param>
public readonly record struct HeadSigma(double Small, double Large);
