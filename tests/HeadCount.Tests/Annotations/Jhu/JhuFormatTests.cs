using HeadCount.Annotations;
using HeadCount.Annotations.Jhu;
using Xunit;

namespace HeadCount.Tests.Annotations.Jhu;

public sealed class JhuFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("166 228 20 30 1 0\r\n")]
    [InlineData("166 228 20 30 1 0\n5 6 7 8 3 1")]
    public void Read_RowsOfAnyNumber(string content)
    {
        PictureHeads picture = JhuFormat.Read(_folder.Write("0001.txt", content));
        Assert.Equal(((HeadPoint[])[new(166.5, 228.5), new(5.5, 6.5)])[..picture.Heads.Count], picture.Heads);
        Assert.Equal(content.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, picture.Heads.Count);
        Assert.Equal(((HeadSigma[])[new(10, 18), new(3, 5)])[..picture.Heads.Count], picture.Sigmas!);
    }

    [Fact]
    public void Dataset_FindsGt()
    {
        _folder.Write("train/images/0001.jpg", [1]);
        _folder.Write("train/gt/0001.txt", "1 2 3 4 1 0");
        Assert.Equal([new HeadPoint(1.5, 2.5)], Assert.Single(Dataset.Load(_folder.Root).Images).Heads);
    }
}
