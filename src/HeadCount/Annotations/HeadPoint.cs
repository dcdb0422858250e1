namespace HeadCount.Annotations;

/// <summary>One head: where it is in the upright picture and how sure the detector was.</summary>
/// <param name="X">Pixels to the right; the first pixel covers [0, 1), its centre is 0.5.</param>
/// <param name="Y">Pixels down; the first pixel covers [0, 1), its centre is 0.5.</param>
/// <param name="Score">Confidence in 0..1; 1 for a head that a person marked.</param>
public readonly record struct HeadPoint(double X, double Y, double Score = 1);
