using System.Globalization;
using HeadCount.Checking;
using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Checking;

public sealed class DatasetCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Picture(string name, int width = 400, int height = 300, int seed = 1)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        PictureWriter.Save(Scene(width, height, seed), _folder[name]);
    }

    /// <summary>Soft blobs at random places, the same at any size.</summary>
    internal static RgbImage Scene(int width, int height, int seed)
    {
        var random = new Random(seed);
        var blobs = Enumerable.Range(0, 12).Select(_ => (X: random.NextDouble(), Y: random.NextDouble(),
            Radius: 0.05 + 0.2 * random.NextDouble(), Value: 200 * random.NextDouble() - 100)).ToArray();
        var image = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                double value = 128 + blobs.Sum(blob => blob.Value * Math.Exp(-(Math.Pow((x + 0.5) / width - blob.X, 2) +
                    Math.Pow((y + 0.5) / height - blob.Y, 2)) / (2 * blob.Radius * blob.Radius)));
                image.Pixels.AsSpan(3 * (y * width + x), 3).Fill((byte)Math.Clamp(value, 0, 255));
            }
        return image;
    }

    private Finding[] Check(FindingKind kind, string? split = null, string? against = null) =>
        [.. DatasetCheck.Of(_folder.Root, split, against).Findings.Where(finding => finding.Kind == kind)];

    private void Table(params string[] rows) => _folder.Write("annotations.csv", "image,x,y\n" + string.Join('\n', rows) + "\n");

    [Fact]
    public void Clean_FindsNothingAndCounts()
    {
        Picture("a.png");
        Picture("b.png");
        Table("a.png,10,10", "a.png,10,16", "a.png,40,10", "b.png,,");
        var check = DatasetCheck.Of(_folder.Root);
        Assert.Empty(check.Findings);
        Assert.Equal([3, 0], check.Counts);
        Assert.Equal([("0 – 1", 1), ("1 – 2", 0), ("2 – 5", 1)], check.CountHistogram.Bins);
        Assert.Equal([("4 – 8", 2), ("8 – 16", 0), ("16 – 32", 1)], check.SpacingHistogram.Bins);
    }

    [Fact]
    public void OutsideAndDuplicatePoints_AreCountedByPicture()
    {
        Picture("a.png");
        Table("a.png,400,10", "a.png,-1,5", "a.png,399.9,299.9", "a.png,0,0", "a.png,7,7", "a.png,7,7", "a.png,7,7");
        Finding outside = Assert.Single(Check(FindingKind.Outside));
        Assert.Equal(("a.png", 2, "2 of 7 outside 400×300, such as (400, 10)"),
            (outside.Where, outside.Count, outside.Message));
        Finding duplicate = Assert.Single(Check(FindingKind.Duplicate));
        Assert.Equal((2, "2 too many, such as (7, 7)"), (duplicate.Count, duplicate.Message));
    }

    [Fact]
    public void MissingAndSurplusFiles_AreNamed()
    {
        Picture("x/images/IMG_1.jpg");
        Picture("x/images/IMG_2.jpg");
        Picture("x/images/IMG_4.jpg");
        HeadCount.Annotations.AnnotationFormat.Find("shanghaitech")!.Write!(_folder["x"],
            [new("images/IMG_1.jpg", []), new("images/IMG_3.jpg", [])]);
        _folder.Write("x/ground-truth/GT_IMG_4.mat", "broken");
        Table("y/none.jpg,1,2");
        Assert.Equal(["x/images/IMG_2.jpg"], Check(FindingKind.NoAnnotation).Select(finding => finding.Where));
        Assert.Contains(_folder["x/ground-truth/GT_IMG_3.mat"],
            Check(FindingKind.NoPicture).Select(finding => finding.Where));
        string[] broken = [.. Check(FindingKind.BrokenAnnotation).Select(finding => finding.Message)];
        Assert.Equal(2, broken.Length);
        Assert.Contains(broken, message => message.Contains("'y/none.jpg', which does not exist", StringComparison.Ordinal));
        Assert.Contains(broken, message => message.StartsWith(_folder["x/ground-truth/GT_IMG_4.mat"], StringComparison.Ordinal));
    }

    [Fact]
    public void BrokenPicture_IsNamedAndTheRestIsChecked()
    {
        Picture("a.png");
        _folder.Write("b.png", "no picture");
        Table("a.png,500,1", "b.png,1,1");
        Assert.Equal("b.png", Assert.Single(Check(FindingKind.BrokenPicture)).Where);
        Assert.Single(Check(FindingKind.Outside));
    }

    [Fact]
    public void OddSizes_AreThoseUnlikeTheOthers()
    {
        for (int i = 0; i < 20; i++)
            Picture($"{i}.png", 64, 64);
        Picture("odd.png", 65, 64);
        Table([.. Enumerable.Range(0, 20).Select(i => $"{i}.png,,"), "odd.png,,"]);
        Finding odd = Assert.Single(Check(FindingKind.OddSize));
        Assert.Equal(("odd.png", "65×64: most are 64×64"), (odd.Where, odd.Message));
    }

    [Theory]
    [InlineData(500, 100, "very narrow")]
    [InlineData(63, 100, "very small")]
    public void OddSizes_NarrowAndSmall(int width, int height, string what)
    {
        Picture("a.png", width, height);
        Table("a.png,,");
        Assert.EndsWith(what, Assert.Single(Check(FindingKind.OddSize)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "shares")]
    [InlineData(100, "percents")]
    [InlineData(300, null)]
    public void Units_SharesAndPercentsTakenForPixels(double largest, string? expected)
    {
        Picture("a.png");
        Table([.. Enumerable.Range(1, 30).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"a.png,{largest * i / 30},{largest / 2}"))]);
        Assert.Equal(expected is null ? [] : [true], Check(FindingKind.Coordinates).Select(finding =>
            finding.Message.Contains(expected!, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a.png,-0.5,10", "counted from 0, but")]
    [InlineData("a.png,400.5,10", "counted from 1, but")]
    public void Origin_HalfAPixelOutsideOnOneSide(string row, string expected)
    {
        Picture("a.png");
        Table(row, "a.png,100,200");
        Assert.Contains(expected, Assert.Single(Check(FindingKind.Coordinates)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Origin_OutsideOnBothSides_SaysNothing()
    {
        Picture("a.png");
        Table("a.png,-0.5,10", "a.png,400.5,10");
        Assert.Empty(Check(FindingKind.Coordinates));
    }

    [Fact]
    public void Against_FindsCopiesInAnotherSizeAndQuality_AndTheSameFile()
    {
        for (int i = 0; i < 6; i++)
            Picture($"train/{i}.png", seed: i);
        PictureWriter.Save(Scene(230, 170, 3), _folder["copy.jpg"], quality: 40);
        Picture("other.jpg", 230, 170, 77);
        Table([.. Enumerable.Range(0, 6).Select(i => $"train/{i}.png,,")]);
        string train = _folder.Write("train.txt", string.Concat(Enumerable.Range(0, 6).Select(i => $"train/{i}.png\n")));
        string test = _folder.Write("test.txt", "copy.jpg\nother.jpg\ntrain/5.png\n");
        Finding[] found = Check(FindingKind.NearDuplicate, train, test);
        Assert.Equal(["train/3.png", "train/5.png"], found.Select(finding => finding.Where));
        Assert.StartsWith("looks like copy.jpg", found[0].Message, StringComparison.Ordinal);
        Assert.Equal("in both lists", found[1].Message);
    }
}
