using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Slicing;
using HeadCount.Tiling;
using Xunit;

namespace HeadCount.Tests.Slicing;

public sealed class SlicingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = 300)]
    public bool Heads_OfAnySizeTileAndOverlap_ComeBackExactlyOnce(ushort w, ushort h, ushort t, ushort o, int seed)
    {
        int width = w % 300 + 1, height = h % 300 + 1, size = t % 120 + 1, overlap = o % size;
        var random = new Random(seed);
        // Whole numbers lie on seams; the others have all their digits.
        HeadPoint[] heads = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0
            ? new HeadPoint(random.Next(width), random.Next(height))
            : new HeadPoint(width * random.NextDouble(), height * random.NextDouble()))];
        var image = new AnnotatedImage("/a/1.png", "a/1.png", heads);
        var grid = new TileGrid(width, height, size, overlap);
        Slice[] slices = [.. Enumerable.Range(0, grid.Count).Select(i =>
            new Slice($"images/1_{i}.png", image.Name, grid[i].Bounds, grid[i].Core))];
        PictureHeads merged = Assert.Single(SliceIndex.Merge(slices,
            slices.Select(slice => PictureSlicer.Inside(image, slice.Bounds, "elsewhere/" + Path.GetFileName(slice.File)))));
        return merged.Name == "a/1.png"
            && merged.Heads.SequenceEqual(heads.OrderBy(head => head.Y).ThenBy(head => head.X));
    }

    [Fact]
    public void Cut_WritesThePixelsOfEachSlice()
    {
        RgbImage picture = DotModel.Draw(100, 70, [(20, 20), (80, 50)]);
        PictureWriter.Save(picture, _folder["p.png"]);
        var image = new AnnotatedImage(_folder["p.png"], "p.png", [new(20.5, 20.5), new(80.5, 50.5)])
        {
            Ignored = [new IgnoredRegion(30, 10, 30, 20)],
            Sigmas = [new HeadSigma(1, 2), new HeadSigma(3, 4)],
        };

        var slices = PictureSlicer.Cut(image, _folder.Root, "p", new SliceOptions { TileSize = 64, Overlap = 16 });

        Assert.Equal(["p_0_0.png", "p_36_0.png", "p_0_6.png", "p_36_6.png"], slices.Select(slice => slice.Slice.File));
        RgbImage last = Picture.Load(_folder["p_36_6.png"]);
        Assert.Equal((64, 64), (last.Width, last.Height));
        for (int row = 0; row < 64; row++)
            Assert.Equal(picture.Pixels.AsSpan(3 * ((row + 6) * 100 + 36), 192).ToArray(), last.Pixels.AsSpan(192 * row, 192).ToArray());
        PictureHeads heads = slices[3].Heads;
        Assert.Equal([new HeadPoint(44.5, 44.5)], heads.Heads);
        Assert.Equal([new HeadSigma(3, 4)], heads.Sigmas!);
        Assert.Equal([new IgnoredRegion(0, 4, 24, 20)], heads.Ignored);
    }

    [Fact]
    public void Cut_OfADamagedPicture_LeavesNoSlice()
    {
        PictureWriter.Save(new RgbImage(400, 400), _folder["p.jpg"]);
        File.WriteAllBytes(_folder["p.jpg"], File.ReadAllBytes(_folder["p.jpg"])[..^300]);
        var image = new AnnotatedImage(_folder["p.jpg"], "p.jpg", []);
        Assert.Throws<PictureException>(
            () => PictureSlicer.Cut(image, _folder.Root, "slice", new SliceOptions { TileSize = 64, Overlap = 0 }));
        Assert.Empty(Directory.GetFiles(_folder.Root, "slice*"));
    }

    [Fact]
    public void Index_ComesBackAsWritten()
    {
        Slice[] slices =
        [
            new("images/a, b_0_0.png", "x/a, b.png", new PixelRect(0, 0, 64, 50), new PixelRect(0, 0, 56, 50)),
            new("images/a, b_48_0.png", "x/a, b.png", new PixelRect(48, 0, 64, 50), new PixelRect(56, 0, 56, 50)),
        ];
        SliceIndex.Write(_folder["slices.csv"], slices);
        Assert.Equal(slices, SliceIndex.Read(_folder["slices.csv"]));
    }

    [Theory]
    [InlineData("slice,image\n", "line 1 is malformed")]
    [InlineData("slice,image,x,y,width,height,core_x,core_y,core_width,core_height\na,b,0,0,1,1,0,0,1,x\n", "line 2 is malformed")]
    public void Index_ThatIsNone_IsNamedWithItsLine(string text, string reason)
    {
        string path = _folder.Write("slices.csv", text);
        Assert.StartsWith($"{path}, {reason}", Assert.Throws<AnnotationException>(() => SliceIndex.Read(path)).Message);
    }

    [Fact]
    public void Merge_OfAnotherIndexOrADouble_IsRefused()
    {
        Slice[] slices = [new("images/a_0_0.png", "a.png", new PixelRect(0, 0, 9, 9), new PixelRect(0, 0, 9, 9))];
        var stray = new PictureHeads("b_0_0.png", []);
        Assert.Contains("no slice", Assert.Throws<AnnotationException>(() => SliceIndex.Merge(slices, [stray])).Message);
        PictureHeads[] twice = [new("a_0_0.png", []), new("x/a_0_0.png", [])];
        Assert.Contains("twice", Assert.Throws<AnnotationException>(() => SliceIndex.Merge(slices, twice)).Message);
    }
}
