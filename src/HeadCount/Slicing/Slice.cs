using HeadCount.Tiling;

namespace HeadCount.Slicing;

/// <summary>A part of a picture that is a picture of its own.</summary>
/// <param name="File">Its file, relative to the index, with forward slashes.</param>
/// <param name="Image">The picture it was cut from, as the dataset names it.</param>
/// <param name="Bounds">The pixels it holds.</param>
/// <param name="Core">Those of them that it owns: each pixel of the picture belongs to one slice.</param>
public sealed record Slice(string File, string Image, PixelRect Bounds, PixelRect Core);
