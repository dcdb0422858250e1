using FsCheck.Xunit;
using HeadCount.Tiling;
using Xunit;

namespace HeadCount.Tests.Tiling;

public class TileGridTests
{
    [Fact]
    public void Grid_Of1920_StartsAsSahiDoes()
    {
        var grid = new TileGrid(1920, 512, 512, 102);
        Assert.Equal([0, 410, 820, 1230, 1408], Enumerable.Range(0, grid.Count).Select(i => grid[i].Bounds.X));
        Assert.Equal(1, grid.Rows);
    }

    [Fact]
    public void Core_BetweenTiles_IsCutAtTheMidline()
    {
        var grid = new TileGrid(200, 100, 100, 20);
        Assert.Equal([new PixelRect(0, 0, 90, 100), new PixelRect(90, 0, 50, 100), new PixelRect(140, 0, 60, 100)],
            Enumerable.Range(0, grid.Count).Select(i => grid[i].Core));
        Assert.Equal([0, 80, 100], Enumerable.Range(0, grid.Count).Select(i => grid[i].Bounds.X));
    }

    [Theory]
    [InlineData(100, 50, 128, 16)]
    [InlineData(1, 1, 64, 0)]
    [InlineData(128, 128, 128, 127)]
    public void SmallPicture_IsOneTile(int width, int height, int size, int overlap)
    {
        var grid = new TileGrid(width, height, size, overlap);
        Assert.Equal(1, grid.Count);
        Assert.Equal(new PixelRect(0, 0, width, height), grid[0].Bounds);
        Assert.Equal(new PixelRect(0, 0, width, height), grid[0].Core);
    }

    [Theory]
    [InlineData(0, 1, 1, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 1, 8, 8)]
    [InlineData(1, 1, 8, -1)]
    public void SenselessGrid_IsRefused(int width, int height, int size, int overlap) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(width, height, size, overlap));

    [Property(MaxTest = 200)]
    public bool Grid_OfAnySizeAndOverlap_KeepsItsPromises(ushort w, ushort h, ushort s, ushort o)
    {
        int width = w % 90 + 1, height = h % 90 + 1, size = s % 40 + 1, overlap = o % size;
        var grid = new TileGrid(width, height, size, overlap);
        Tile[] tiles = [.. Enumerable.Range(0, grid.Count).Select(i => grid[i])];
        var owners = new int[width * height];
        bool inside = true;
        foreach (Tile tile in tiles)
        {
            inside &= tile.Bounds is { X: >= 0, Y: >= 0 } && tile.Bounds.Right <= width && tile.Bounds.Bottom <= height
                && tile.Bounds.Width == Math.Min(size, width) && tile.Bounds.Height == Math.Min(size, height)
                && tile.Core.X >= tile.Bounds.X && tile.Core.Right <= tile.Bounds.Right
                && tile.Core.Y >= tile.Bounds.Y && tile.Core.Bottom <= tile.Bounds.Bottom;
            for (int y = tile.Core.Y; y < tile.Core.Bottom; y++)
            {
                for (int x = tile.Core.X; x < tile.Core.Right; x++)
                    owners[y * width + x]++;
            }
        }
        bool inRows = tiles.Zip(tiles.Skip(1)).All(p => p.First.Bounds.Y <= p.Second.Bounds.Y);
        return inside && inRows && owners.All(n => n == 1) && tiles.DistinctBy(t => t.Bounds).Count() == tiles.Length;
    }
}
