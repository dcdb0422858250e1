using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tiling;

namespace HeadCount.Slicing;

/// <summary>Cuts annotated pictures into overlapping slices, each with the heads and ignored regions inside it.</summary>
public static class PictureSlicer
{
    /// <summary>High enough that training on the slices loses nothing to a second compression.</summary>
    private const int Quality = 95;

    /// <summary>Cuts a picture, of which it holds one row of slices at a time. When it fails, no slice stays.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="folder">The folder that slices are named from.</param>
    /// <param name="stem">Path of the slices' files in it, without the slice's place and the extension; its folder
    /// exists.</param>
    /// <param name="options">How.</param>
    /// <param name="notes">Where <see cref="Picture.Notes"/> go, such as damage that was passed over; or null.</param>
    /// <returns>The slices in the grid's order with what is annotated in them, named by their files.</returns>
    /// <exception cref="PictureException">The picture cannot be read, or a slice cannot be written.</exception>
    public static IReadOnlyList<(Slice Slice, PictureHeads Heads)> Cut(
        AnnotatedImage image, string folder, string stem, SliceOptions options, ICollection<string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(options);
        string own = Path.GetExtension(image.ImagePath);
        string extension = options.Extension ?? (own.ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG" or ".WEBP" ? own : ".png");
        var slices = new List<(Slice, PictureHeads)>();
        try
        {
            using Picture picture = Picture.Open(image.ImagePath, options.MaxPixels);
            var grid = new TileGrid(picture.Width, picture.Height, options.TileSize, options.Overlap);
            foreach ((_, TileBatch batch) in TileStream.Read(picture, [grid], batchSize: 1))
            {
                try
                {
                    Tile tile = grid[batch.FirstTile];
                    string file = FormattableString.Invariant($"{stem}_{tile.Bounds.X}_{tile.Bounds.Y}{extension}");
                    PictureHeads heads = Inside(image, tile.Bounds, file);
                    if (options.DropEmpty && heads.Heads.Count == 0)
                        continue;
                    slices.Add((new Slice(file, image.Name, tile.Bounds, tile.Core), heads));
                    PictureWriter.Save(new RgbImage(grid.TileWidth, grid.TileHeight, batch.Pixels.ToArray()),
                        Path.Combine(folder, file), Quality);
                }
                finally
                {
                    batch.Return();
                }
            }
            foreach (string note in picture.Notes)
                notes?.Add(note);
        }
        catch
        {
            foreach ((Slice slice, _) in slices)
                File.Delete(Path.Combine(folder, slice.File));
            throw;
        }
        return slices;
    }

    /// <summary>What stands in a part of a picture, in the part's own coordinates.</summary>
    internal static PictureHeads Inside(AnnotatedImage image, PixelRect part, string name)
    {
        int[] inside = [.. Enumerable.Range(0, image.Heads.Count)
            .Where(i => part.Contains(image.Heads[i].X, image.Heads[i].Y))];
        return new PictureHeads(name, [.. inside.Select(i => image.Heads[i] with
        {
            X = image.Heads[i].X - part.X,
            Y = image.Heads[i].Y - part.Y,
        })])
        {
            Sigmas = image.Sigmas is { } sigmas ? [.. inside.Select(i => sigmas[i])] : null,
            Ignored = [.. image.Ignored.Select(region => Clip(region, part)).Where(r => r is { Width: > 0, Height: > 0 })],
            Size = new PictureSize(part.Width, part.Height),
        };
    }

    private static IgnoredRegion Clip(IgnoredRegion region, PixelRect part)
    {
        double left = Math.Max(region.Left - part.X, 0), top = Math.Max(region.Top - part.Y, 0);
        return new IgnoredRegion(left, top,
            Math.Min(region.Left + region.Width - part.X, part.Width) - left,
            Math.Min(region.Top + region.Height - part.Y, part.Height) - top);
    }
}
