using HeadCount.Imaging;

namespace HeadCount.Slicing;

/// <summary>How pictures are cut into slices.</summary>
public sealed record SliceOptions
{
    /// <summary>A slice's side in pixels, at least 1; a smaller picture is one smaller slice.</summary>
    /// <value>The default is 512.</value>
    public int TileSize { get; init; } = 512;

    /// <summary>Pixels that neighbouring slices share, 0 to <see cref="TileSize"/> − 1.</summary>
    /// <value>The default is 128.</value>
    public int Overlap { get; init; } = 128;

    /// <summary>Whether slices without heads are left out.</summary>
    /// <value>The default is false.</value>
    public bool DropEmpty { get; init; }

    /// <summary>Extension of the slices' files, .png, .jpg or .webp.</summary>
    /// <value>The default is null: the picture's own, or .png where that cannot be written.</value>
    public string? Extension { get; init; }

    /// <summary>Largest width × height of a picture.</summary>
    /// <value>The default is <see cref="Picture.DefaultMaxPixels"/>.</value>
    public long MaxPixels { get; init; } = Picture.DefaultMaxPixels;
}
