using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using Xunit;

namespace HeadCount.Tests.Annotations.HeadCsv;

public sealed class HeadCsvFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_RowsInAnyOrder_AreGatheredByPicture()
    {
        var pictures = HeadCsvFile.Read(_folder.Write("h.csv",
            "\uFEFFimage,x,y,score\r\nb.jpg,1.5,2,0.25\r\na\\c.jpg,,,\r\n\r\n\"b.jpg\", -3 ,4e2,\r\n"));
        Assert.Equal(["b.jpg", "a/c.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(1.5, 2, 0.25), new HeadPoint(-3, 400)], pictures[0].Heads);
        Assert.Empty(pictures[1].Heads);
    }

    [Theory]
    [InlineData("image,x,y\na.jpg,1,2\na.jpg,1,zwei\n", "line 3 has y 'zwei'")]
    [InlineData("image,x,y\na.jpg,1,\n", "line 2 has y ''")]
    [InlineData("image,x,y\na.jpg,1,\"2,5\"\n", "line 2 has y '2,5'")]
    [InlineData("image,x,y\na.jpg,NaN,1\n", "line 2 has x 'NaN'")]
    [InlineData("image,x,y\na.jpg,1,5,2,5\n", "line 2 is malformed")]
    [InlineData("image,x,y\na.jpg,1\n", "line 2 is malformed")]
    [InlineData("image,x,y\n\"a.jpg,1,2\n", "line 2 is malformed")]
    [InlineData("image,x,y\n,1,2\n", "line 2 names no image")]
    [InlineData("image,x,y,score\na.jpg,1,2,1.5\n", "line 2 has score 1.5, outside 0..1")]
    [InlineData("image;x;y\na.jpg;1;2\n", "expected the column names image,x,y[,score]")]
    [InlineData("", "the file is empty")]
    public void Read_Malformed_NamesFileLineAndReason(string content, string reason)
    {
        string path = _folder.Write("h.csv", content);
        string message = Assert.Throws<AnnotationException>(() => HeadCsvFile.Read(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Read_Missing_SaysSo() => Assert.EndsWith(": no such file",
        Assert.Throws<AnnotationException>(() => HeadCsvFile.Read(_folder["h.csv"])).Message,
        StringComparison.Ordinal);

    [Property]
    public void Write_ThenRead_GivesTheSame((float X, float Y, byte Score)[][] pictures)
    {
        PictureHeads[] written = [.. pictures.Select((heads, i) => new PictureHeads($"a, \"{i}\"/ü.jpg",
            [.. heads.Select(head => new HeadPoint(Finite(head.X), Finite(head.Y), head.Score / 255.0))]))];
        string path = _folder["h.csv"];

        HeadCsvFile.Write(path, written);
        var read = HeadCsvFile.Read(path);

        Assert.Equal(written.Select(picture => picture.Name), read.Select(picture => picture.Name));
        Assert.All(written.Zip(read), pair => Assert.Equal(pair.First.Heads, pair.Second.Heads));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));

        static double Finite(float value) => float.IsFinite(value) ? Math.IEEERemainder(value, 1e6) / 3 : 0;
    }

    [Fact]
    public void Write_AllScoresOne_LeavesTheColumnOut()
    {
        HeadCsvFile.Write(_folder["h.csv"],
            [new PictureHeads("a.jpg", [new HeadPoint(1, 2.5)]), new PictureHeads("b.jpg", [])]);
        Assert.Equal("image,x,y\na.jpg,1,2.5\nb.jpg,,\n", File.ReadAllText(_folder["h.csv"]));
    }
}
