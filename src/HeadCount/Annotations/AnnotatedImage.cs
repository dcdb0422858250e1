namespace HeadCount.Annotations;

/// <summary>A picture of a dataset and the heads that are known in it.</summary>
/// <param name="ImagePath">Full path of the picture.</param>
/// <param name="Name">The picture's path relative to the dataset folder, with forward slashes: its identity in reports.</param>
/// <param name="Heads">Head points in the coordinates of the upright picture; some may lie outside its frame.</param>
public sealed record AnnotatedImage(string ImagePath, string Name, IReadOnlyList<HeadPoint> Heads);
