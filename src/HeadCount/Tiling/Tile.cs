namespace HeadCount.Tiling;

/// <summary>One tile of a <see cref="TileGrid"/>.</summary>
/// <param name="Index">Its place in the grid, row by row from 0.</param>
/// <param name="Bounds">The pixels it covers.</param>
/// <param name="Core">The part of the picture it owns: the cores of a grid cover every pixel exactly once.</param>
public readonly record struct Tile(int Index, PixelRect Bounds, PixelRect Core);
