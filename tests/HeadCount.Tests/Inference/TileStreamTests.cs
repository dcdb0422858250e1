using FsCheck.Xunit;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tiling;
using Xunit;

namespace HeadCount.Tests.Inference;

public sealed class TileStreamTests
{
    [Property(MaxTest = 60)]
    public void Tiles_OfEverySize_AreThoseOfThePictureHalved(byte w, byte h, byte overlap, byte batch, int seed)
    {
        (int width, int height) = (w + 1, h + 1);
        var random = new Random(seed);
        var picture = new RgbImage(width, height);
        random.NextBytes(picture.Pixels);
        var sizes = new List<RgbImage> { picture, Half(picture) };
        sizes.Add(Half(sizes[1]));
        TileGrid[] grids = [.. sizes.Select(size => new TileGrid(size.Width, size.Height, 50, overlap % 50))];
        var next = new int[grids.Length];

        using Picture wrapped = Picture.Wrap(picture);
        foreach ((int grid, TileBatch tiles) in TileStream.Read(wrapped, grids, 1 + batch % 4))
        {
            Assert.Equal(next[grid], tiles.FirstTile);
            next[grid] += tiles.Count;
            for (int i = 0; i < tiles.Count; i++)
            {
                PixelRect bounds = grids[grid][tiles.FirstTile + i].Bounds;
                int bytes = 3 * bounds.Width * bounds.Height;
                Assert.Equal(Crop(sizes[grid], bounds), tiles.Pixels.Slice(i * bytes, bytes).ToArray());
            }
            tiles.Return();
        }
        Assert.Equal(grids.Select(grid => grid.Count), next);
    }

    private static RgbImage Half(RgbImage image)
    {
        var half = new RgbImage((image.Width + 1) / 2, (image.Height + 1) / 2);
        for (int i = 0; i < half.Pixels.Length; i++)
        {
            (int x, int y) = (i / 3 % half.Width, i / 3 / half.Width);
            int[] under = [.. from row in new[] { 2 * y, 2 * y + 1 }
                where row < image.Height
                from column in new[] { 2 * x, 2 * x + 1 }
                where column < image.Width
                select (int)image.Pixels[3 * (row * image.Width + column) + i % 3]];
            half.Pixels[i] = (byte)Math.Floor(under.Average() + .5);
        }
        return half;
    }

    private static byte[] Crop(RgbImage image, PixelRect bounds) =>
        [.. Enumerable.Range(bounds.Y, bounds.Height).SelectMany(y =>
            image.Pixels.Skip(3 * (y * image.Width + bounds.X)).Take(3 * bounds.Width))];
}
