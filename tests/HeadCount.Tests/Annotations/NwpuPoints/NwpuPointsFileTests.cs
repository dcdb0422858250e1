using HeadCount.Annotations;
using HeadCount.Annotations.NwpuPoints;
using Xunit;

namespace HeadCount.Tests.Annotations.NwpuPoints;

public sealed class NwpuPointsFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Truth_HasRadii()
    {
        var pictures = NwpuPointsFile.Read(_folder.Write("t.txt", "3110 2 8 13 5 9 2 0 1 0 1 0\r\n\r\n3111 0\r\n"));
        Assert.Equal(["3110", "3111"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(8.5, 13.5), new HeadPoint(0.5, 1.5)], pictures[0].Heads);
        Assert.Equal([new HeadSigma(5, 9), new HeadSigma(0, 1)], pictures[0].Sigmas!);
        Assert.Empty(pictures[1].Heads);
        Assert.Empty(pictures[1].Sigmas!);
    }

    [Fact]
    public void Read_Predictions_HasNone()
    {
        var pictures = NwpuPointsFile.Read(_folder.Write("p.txt", "1 0\n2 2 8 13\t9.25   14 \n"));
        Assert.Equal([new HeadPoint(8.5, 13.5), new HeadPoint(9.75, 14.5)], pictures[1].Heads);
        Assert.All(pictures, picture => Assert.Null(picture.Sigmas));
    }

    [Theory]
    [InlineData("1 1 2 3\n2 2 1 2 3\n", "line 2 announces 2 heads but 3 values follow")]
    [InlineData("1 1 2 3\n2\n", "line 2 has no count")]
    [InlineData("1 -1\n", "line 1 has no count")]
    [InlineData("1 1 2 x\n", "line 1 has 'x', which is no number")]
    [InlineData("1 1 2 Infinity\n", "line 1 has 'Infinity', which is no number")]
    [InlineData("1 1 2 3 -1 4 0\n", "line 1 has a negative radius")]
    [InlineData("1 1 2 3\n1 0\n", "line 2 names picture 1 a second time")]
    [InlineData("1 1 2 3\n2 1 2 3 4 5 0\n", "line 2 mixes predictions with truth")]
    [InlineData("1 2147483647 2 3\n", "line 1 announces 2147483647 heads but 2 values follow")]
    public void Read_Malformed_NamesFileLineAndReason(string content, string reason)
    {
        string path = _folder.Write("p.txt", content);
        string message = Assert.Throws<AnnotationException>(() => NwpuPointsFile.Read(path)).Message;
        Assert.StartsWith($"{path}, {reason}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n1 1 2 3\n", 2.5)]
    [InlineData("image,x,y\n1,2,3\n", 2)]
    public void PointFile_TellsTheKindsApart(string content, double x) =>
        Assert.Equal(x, Assert.Single(Assert.Single(PointFile.Read(_folder.Write("p", content))).Heads).X);

    [Theory]
    [InlineData("\n\n")]
    [InlineData("image,x,y\n")]
    public void PointFile_WithoutPictures_IsRefused(string content) => Assert.Contains("holds no pictures",
        Assert.Throws<AnnotationException>(() => PointFile.Read(_folder.Write("p", content))).Message,
        StringComparison.Ordinal);
}
