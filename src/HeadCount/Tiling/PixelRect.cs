namespace HeadCount.Tiling;

/// <summary>A half-open rectangle of pixels: [X, X + Width) × [Y, Y + Height).</summary>
/// <param name="X">First column.</param>
/// <param name="Y">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelRect(int X, int Y, int Width, int Height)
{
    /// <summary>The first column behind the rectangle.</summary>
    public int Right => X + Width;

    /// <summary>The first row behind the rectangle.</summary>
    public int Bottom => Y + Height;

    /// <summary>Whether the point lies inside; the left and upper edges belong to the rectangle, the others do not.</summary>
    public bool Contains(double x, double y) => x >= X && x < Right && y >= Y && y < Bottom;
}
