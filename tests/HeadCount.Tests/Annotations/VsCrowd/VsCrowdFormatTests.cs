using HeadCount.Annotations;
using HeadCount.Annotations.VsCrowd;
using Xunit;

namespace HeadCount.Tests.Annotations.VsCrowd;

public sealed class VsCrowdFormatTests : IDisposable
{
    private const string Rows = "0001 68 20.5 305.5 30.5 325.5 25 316 52 0 0 4 4 2 2\n0003 76 5 2 6 3 5.5 2.25\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("annotations/train_001.txt")]
    [InlineData("videos/train_001.txt")]
    public void Dataset_FindsTheSequence(string place)
    {
        foreach (string frame in (string[])["000001", "000002", "000003"])
            _folder.Write($"videos/train_001/{frame}.jpg", [1]);
        _folder.Write(place, Rows);
        var images = Dataset.Load(_folder.Root).Images;
        Assert.Equal([2, 0, 1], images.Select(image => image.Heads.Count));
        Assert.Equal([new HeadPoint(25, 316), new HeadPoint(2, 2)], images[0].Heads);
        Assert.Equal([new HeadSigma(5, 11), new HeadSigma(2, 2)], images[0].Sigmas!);
    }

    [Fact]
    public void Of_RecognisesIt() => Assert.Equal("vscrowd", AnnotationFormat.Of(_folder.Write("t.txt", Rows)).Id);

    [Theory]
    [InlineData("1 2 3\n", "line 1: 3 numbers")]
    [InlineData("1 7 0 0 4 4 2 2\n1 7 0 0 4 4 2 2\n", "line 2: frame 1 a second time")]
    public void Read_Malformed_NamesTheLine(string content, string reason)
    {
        string path = _folder.Write("t.txt", content);
        Assert.StartsWith($"{path}, {reason}", Assert.Throws<AnnotationException>(() => VsCrowdFormat.Read(path)).Message,
            StringComparison.Ordinal);
    }
}
