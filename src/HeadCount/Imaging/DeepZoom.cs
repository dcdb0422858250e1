using NetVips;

namespace HeadCount.Imaging;

/// <summary>Deep Zoom pyramids: a picture cut into JPEG tiles at every scale, for viewers that load what they show.</summary>
public static class DeepZoom
{
    /// <summary>The pyramid's description inside its folder.</summary>
    public const string Description = "picture.dzi";

    /// <summary>The folder of the tiles inside the pyramid's: <c>level/column_row.jpg</c>.</summary>
    public const string Tiles = "picture_files";

    /// <summary>Pixels of a tile's side, and that neighbours share at each side.</summary>
    public const int TileSize = 512, Overlap = 1;

    /// <summary>Writes the pyramid of a picture; the folder appears whole or not at all.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="folder">The new folder.</param>
    /// <param name="maxPixels">As for <see cref="Picture.Open(string, long)"/>.</param>
    /// <exception cref="PictureException">The picture cannot be read, or the pyramid not be written.</exception>
    public static void Save(string path, string folder, long maxPixels = Picture.DefaultMaxPixels)
    {
        string part = $"{folder}-{Guid.NewGuid():N}";
        try
        {
            using Image image = Picture.OpenImage(path, maxPixels);
            Directory.CreateDirectory(part);
            image.Dzsave(Path.Combine(part, "picture"), tileSize: TileSize, overlap: Overlap, suffix: ".jpg[Q=85]");
            Directory.Move(part, folder);
        }
        catch (Exception e) when (e is VipsException or IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
            string reason = e is VipsException vips ? Vips.Reason(vips) : e.Message;
            throw new PictureException($"{path}: cannot be cut into tiles ({reason})", e);
        }
    }
}
