using System.Globalization;
using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Annotations;

/// <summary>What a format writes is recognised and read back: pictures without heads, points outside the frame, names
/// with blanks, quotes and other scripts, extensions in capitals.</summary>
public sealed class RoundTripTests : IDisposable
{
    private const int Width = 64, Height = 48;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static PictureHeads[] Pictures((float X, float Y, byte Score)[][] values, bool scores) =>
        [.. values.Append([]).Select((heads, i) => new PictureHeads($"images/a & '{i}' 人 ü.JPG",
            [.. heads.Select(head => new HeadPoint(Bounded(head.X), Bounded(head.Y), scores ? head.Score / 255.0 : 1))])
        {
            Size = new PictureSize(Width, Height),
        })];

    private static double Bounded(float value) => float.IsFinite(value) ? Math.IEEERemainder(value, 5000) / 3 : 0;

    private static void AssertSame(IReadOnlyList<HeadPoint> expected, IReadOnlyList<HeadPoint> actual, double within)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((HeadPoint e, HeadPoint a) in expected.Zip(actual))
        {
            Assert.Equal(e.X, a.X, within);
            Assert.Equal(e.Y, a.Y, within);
            Assert.Equal(e.Score, a.Score, 1e-9);
        }
    }

    private void Table(string id, string file, (float X, float Y, byte Score)[][] values, bool scores)
    {
        AnnotationFormat format = AnnotationFormat.Find(id)!;
        PictureHeads[] written = Pictures(values, scores);
        string path = _folder[file];
        format.Write!(path, written);
        Assert.Equal(id, AnnotationFormat.Of(path).Id);
        PictureHeads[] read = [.. PointFile.Read(path)];
        Assert.Equal(written.Select(picture => picture.Name), read.Select(picture => picture.Name));
        foreach ((PictureHeads w, PictureHeads r) in written.Zip(read))
            AssertSame(w.Heads, r.Heads, 1e-6);
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Property]
    public void Csv((float, float, byte)[][] values) => Table("csv", "t.csv", values, true);

    [Property]
    public void Parquet((float, float, byte)[][] values) => Table("parquet", "t.parquet", values, true);

    [Property]
    public void Coco((float, float, byte)[][] values) => Table("coco", "t.json", values, true);

    [Property]
    public void Cvat((float, float, byte)[][] values) => Table("cvat", "t.xml", values, false);

    [Property]
    public void LabelStudio((float, float, byte)[][] values) => Table("labelstudio", "t.json", values, true);

    [Property]
    public void NwpuPoints((float X, float Y, byte)[][] values)
    {
        PictureHeads[] written = [.. Pictures(values, false).Select((p, i) => p with { Name = $"{i}.jpg" })];
        string path = _folder["t.txt"];
        AnnotationFormat.Find("nwpu-points")!.Write!(path, written);
        PictureHeads[] read = [.. PointFile.Read(path)];
        Assert.Equal(written.Select((_, i) => $"{i}"), read.Select(picture => picture.Name));
        // Only the pixel is kept, whose centre is at most half a pixel away.
        foreach ((PictureHeads w, PictureHeads r) in written.Zip(read))
            AssertSame(w.Heads, r.Heads, 0.5);
    }

    private static void Folder(string id, (float, float, byte)[][] values, bool scores)
    {
        AnnotationFormat format = AnnotationFormat.Find(id)!;
        PictureHeads[] written = Pictures([.. values.Take(6)], scores);
        using var folder = new TempFolder();
        foreach (PictureHeads picture in written)
            folder.Write(picture.Name, Pixels);
        format.Write!(folder.Root, written);
        var dataset = Dataset.Load(folder.Root);
        Assert.Equal([format.Name], dataset.Formats);
        Assert.Equal(written.Select(picture => picture.Name).Order(), dataset.Images.Select(image => image.Name).Order());
        foreach (AnnotatedImage image in dataset.Images)
            AssertSame(written.Single(picture => picture.Name == image.Name).Heads, image.Heads, 1e-6);
    }

    private static readonly (float, float, byte)[][] Few = [[], [(-3.25f, 1234.5f, 255), (0.001f, 7.5f, 255)], [(70, 50, 255)]];

    /// <summary>Where numbers have decimal commas, files have points all the same.</summary>
    [Fact]
    public void DecimalCommas_StayOutOfFiles()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NegativeSign) = (",", "−");
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Equal("−0,5", $"{-0.5}");
            foreach ((string id, string extension) in Tables)
            {
                Table(id, "t" + extension, Few, false);
                File.Delete(_folder["t" + extension]);
            }
            NwpuPoints(Few);
            foreach (string id in (string[])["shanghaitech", "labelme", "yolo"])
                Folder(id, Few, false);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static readonly (string Id, string Extension)[] Tables =
        [("csv", ".CSV"), ("parquet", ".PARQUET"), ("coco", ".JSON"), ("cvat", ".XML"), ("labelstudio", ".JSON")];

    [Theory]
    [InlineData("csv")]
    [InlineData("coco")]
    [InlineData("cvat")]
    [InlineData("labelstudio")]
    [InlineData("nwpu-points")]
    public void WindowsLineEnds_ReadTheSame(string id)
    {
        AnnotationFormat format = AnnotationFormat.Find(id)!;
        format.Write!(_folder["t"], [.. Pictures(Few, false).Select((p, i) => p with { Name = $"{i}" })]);
        PictureHeads[] expected = [.. format.Read!(_folder["t"], null)];
        string text = File.ReadAllText(_folder["t"]);
        _folder.Write("t", text.ReplaceLineEndings("\r\n"));
        PictureHeads[] read = [.. format.Read!(_folder["t"], null)];
        Assert.Equal(expected.Select(picture => picture.Name), read.Select(picture => picture.Name));
        Assert.Equal(expected.Select(picture => picture.Heads), read.Select(picture => picture.Heads));
    }

    private static readonly byte[] Pixels = Jpeg();

    private static byte[] Jpeg()
    {
        using var folder = new TempFolder();
        PictureWriter.Save(new RgbImage(Width, Height), folder["a.jpg"]);
        return File.ReadAllBytes(folder["a.jpg"]);
    }

    [Property(MaxTest = 30)]
    public void ShanghaiTech((float, float, byte)[][] values) => Folder("shanghaitech", values, false);

    [Property(MaxTest = 30)]
    public void Labelme((float, float, byte)[][] values) => Folder("labelme", values, false);

    [Property(MaxTest = 30)]
    public void Yolo((float, float, byte)[][] values) => Folder("yolo", values, true);

    [Theory]
    [InlineData("coco")]
    [InlineData("cvat")]
    public void IgnoredRegions_AreKept(string id)
    {
        var region = new IgnoredRegion(1, 2, 30.5, 4);
        string path = _folder["t"];
        AnnotationFormat.Find(id)!.Write!(path,
            [new PictureHeads("a.jpg", [new HeadPoint(3, 4)]) { Ignored = [region], Size = new(100, 50) }]);
        PictureHeads read = Assert.Single(PointFile.Read(path));
        Assert.Equal([region], read.Ignored);
        Assert.Equal([new HeadPoint(3, 4)], read.Heads);
        Assert.Equal(new PictureSize(100, 50), read.Size);
    }

    [Theory]
    [InlineData("coco")]
    [InlineData("cvat")]
    [InlineData("labelstudio")]
    [InlineData("labelme")]
    [InlineData("yolo")]
    public void Write_WithoutTheSizeThatItNeeds_NamesThePictureAndLeavesNothing(string id)
    {
        AnnotationFormat format = AnnotationFormat.Find(id)!;
        Assert.True(format.WriteNeedsSize);
        string message = Assert.Throws<AnnotationException>(() =>
            format.Write!(_folder["t"], [new PictureHeads("a.jpg", [])])).Message;
        Assert.StartsWith("a.jpg: the picture's size", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("labelme")]
    [InlineData("shanghaitech")]
    [InlineData("yolo")]
    public void Write_TwoPicturesOfOneName_AreRefused(string id)
    {
        var size = new PictureSize(9, 9);
        string message = Assert.Throws<AnnotationException>(() => AnnotationFormat.Find(id)!.Write!(_folder.Root,
            [new PictureHeads("a.jpg", []) { Size = size }, new PictureHeads("a.png", []) { Size = size }])).Message;
        Assert.Contains("'a.jpg' and 'a.png'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NameThatLeadsOutOfTheFolder_StaysInside()
    {
        AnnotationFormat.Find("shanghaitech")!.Write!(_folder["out"], [new PictureHeads("../../x/a.jpg", [])]);
        Assert.Equal([_folder["out/x/ground-truth/GT_a.mat"]],
            Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Ids_AreUnique_AndFoundWhateverTheirCase()
    {
        Assert.Equal(AnnotationFormat.All.Count, AnnotationFormat.All.Select(format => format.Id).Distinct().Count());
        Assert.Equal("coco", AnnotationFormat.Find("COCO")!.Id);
        Assert.Null(AnnotationFormat.Find("nothing"));
    }
}
