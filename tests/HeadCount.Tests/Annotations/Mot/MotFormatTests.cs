using HeadCount.Annotations;
using HeadCount.Annotations.Mot;
using Xunit;

namespace HeadCount.Tests.Annotations.Mot;

public sealed class MotFormatTests : IDisposable
{
    // Frame 1: a person, one that is not considered, a reflection, a car. Frame 12: a person.
    private const string Gt = "12,1,11,21,10,30,1,1,0.5\n1,1,1,1,10,30,1,1,1\r\n1,2,101,1,10,30,0,1,1\n" +
        "1,3,201,1,10,30,0,12,1\n1,4,301,1,10,30,0,3,1\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_CountsFromOne_AndKeepsWhatIsNotConsideredAsIgnored()
    {
        var frames = MotFormat.Read(_folder.Write("MOT20-01/gt/gt.txt", Gt));
        Assert.Equal(["img1/000001.jpg", "img1/000012.jpg"], frames.Select(frame => frame.Name));
        Assert.Equal([new HeadPoint(5, 2)], frames[0].Heads);
        Assert.Equal([new IgnoredRegion(100, 0, 10, 30), new IgnoredRegion(200, 0, 10, 30)], frames[0].Ignored);
        Assert.Equal([new HeadPoint(15, 22)], frames[1].Heads);
    }

    [Fact]
    public void Read_HeadTracking_TakesTheCentre() => Assert.Equal([new HeadPoint(5, 15)],
        MotFormat.Read(_folder.Write("HT21-02/gt/gt.txt", "1,1,1,1,10,30,1,1,1\n"))[0].Heads);

    [Fact]
    public void Dataset_FramesWithoutRows_HoldNobody()
    {
        _folder.Write("S/gt/gt.txt", Gt);
        foreach (string frame in (string[])["000001", "000002", "000012"])
            _folder.Write($"S/img1/{frame}.jpg", [1]);
        Assert.Equal([1, 0, 1], Dataset.Load(_folder.Root).Images.Select(image => image.Heads.Count));
    }

    // 2D MOT 2015: ten columns, world coordinates in place of a class.
    [Fact]
    public void Read_TenColumns_HaveNoClass()
    {
        var frames = MotFormat.Read(_folder.Write("S/gt/gt.txt", "1,1,1,1,10,30,1,-1,-1,-1\n1,2,11,1,10,30,1,3.5,2,0\n1,3,21,1,10,30,0,-1,-1,-1\n"));
        Assert.Equal([new HeadPoint(5, 2), new HeadPoint(15, 2)], Assert.Single(frames).Heads);
        Assert.Equal([new IgnoredRegion(20, 0, 10, 30)], frames[0].Ignored);
    }

    [Fact]
    public void Read_LabelsFile_NamesTheClasses()
    {
        _folder.Write("S/gt/labels.txt", "car\nhead\n");
        var reading = new AnnotationReading();
        var frames = MotFormat.Read(_folder.Write("S/gt/gt.txt", "1,1,1,1,10,30,1,1,1\n1,2,11,1,10,30,1,2,1\n"), reading);
        Assert.Equal([new HeadPoint(15, 15)], Assert.Single(frames).Heads);
        Assert.Contains("car 1", Assert.Single(reading.Notes).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frame_000000", "frame_000001")]
    [InlineData("first", "second")]
    [InlineData("img0001", "img0002")]
    public void Dataset_FramesByTheirOrder_WhereNamesCountFromZeroOrNotAtAll(string first, string second)
    {
        _folder.Write("S/gt/gt.txt", "1,1,1,1,10,30,1,1,1\n2,1,11,1,10,30,1,1,1\n");
        foreach (string frame in (string[])[first, second])
            _folder.Write($"S/img1/{frame}.jpg", [1]);
        Assert.Equal([new HeadPoint(5, 2), new HeadPoint(15, 2)],
            Dataset.Load(_folder.Root).Images.Select(image => Assert.Single(image.Heads)));
    }

    [Fact]
    public void Dataset_FramesWithoutPictures_AreTold()
    {
        _folder.Write("S/gt/gt.txt", "1,1,1,1,10,30,1,1,1\n7,1,11,1,10,30,1,1,1\n");
        _folder.Write("S/img1/000001.jpg", [1]);
        Assert.Contains(Dataset.Load(_folder.Root).Notes, note => note.ToString().Contains("frame 7 1", StringComparison.Ordinal));
        _folder.Write("S/gt/gt.txt", "6,1,1,1,10,30,1,1,1\n7,1,11,1,10,30,1,1,1\n");
        Assert.Contains("has frame 6, and", Assert.Throws<AnnotationException>(() => Dataset.Load(_folder.Root)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.5,1,1,1,10,30,1,1,1", "line 1: 1.5 is no number of a frame")]
    [InlineData("1,1,1,1,10\n", "line 1: 5 numbers")]
    [InlineData("1,1,1,1,10,30\n1,1,1,1,1e300,30\n", "line 2: a box of 1E+300×30")]
    public void Read_Malformed_NamesTheLine(string content, string reason)
    {
        string path = _folder.Write("S/gt/gt.txt", content);
        Assert.StartsWith($"{path}, {reason}", Assert.Throws<AnnotationException>(() => MotFormat.Read(path)).Message,
            StringComparison.Ordinal);
    }
}
