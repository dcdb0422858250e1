namespace HeadCount.Annotations;

/// <summary>A picture of a dataset and the heads that are known in it.</summary>
/// <param name="ImagePath">Full path of the picture.</param>
/// <param name="Name">The picture's path relative to the dataset folder, with forward slashes: its identity in
/// reports.</param>
/// <param name="Heads">Head points in the coordinates of the upright picture; some may lie outside its frame.</param>
public sealed record AnnotatedImage(string ImagePath, string Name, IReadOnlyList<HeadPoint> Heads)
{
    /// <summary>Matching radii, one a head, where the annotation states them; otherwise null.</summary>
    public IReadOnlyList<HeadSigma>? Sigmas { get; init; }

    /// <summary>Where heads are not annotated: what stands there counts neither as found nor as missed.</summary>
    public IReadOnlyList<IgnoredRegion> Ignored { get; init; } = [];

    /// <summary>The annotation file; null for an empty scene, which needs none.</summary>
    public string? AnnotationPath { get; init; }
}
