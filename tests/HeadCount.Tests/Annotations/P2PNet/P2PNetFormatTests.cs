using HeadCount.Annotations;
using Xunit;

namespace HeadCount.Tests.Annotations.P2PNet;

public sealed class P2PNetFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train.list")]
    [InlineData("train.txt")]
    public void Read_ListAndLabels(string name)
    {
        string path = _folder.Write(name, "train/scene 1/a b.JPG train/scene 1/a b.txt\r\nb.png  b.txt\r\n");
        _folder.Write("train/scene 1/a b.txt", "1.25 2\n-3 4\n");
        _folder.Write("b.txt", "");
        PictureHeads[] pictures = [.. PointFile.Read(path)];
        Assert.Equal(["train/scene 1/a b.JPG", "b.png"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(1.75, 2.5), new HeadPoint(-2.5, 4.5)], pictures[0].Heads);
        Assert.Empty(pictures[1].Heads);
    }

    [Fact]
    public void Read_MissingLabels_NamesThem()
    {
        string path = _folder.Write("train.list", "a.jpg a.txt\n");
        Assert.Equal($"{path}, line 1: {_folder["a.txt"]}: no such file",
            Assert.Throws<AnnotationException>(() => PointFile.Read(path)).Message);
    }

    [Fact]
    public void Dataset_FindsTheList()
    {
        _folder.Write("a.jpg", [1]);
        _folder.Write("a.txt", "1 2\n");
        _folder.Write("train.list", "a.jpg a.txt\n");
        Assert.Equal([new HeadPoint(1.5, 2.5)], Assert.Single(Dataset.Load(_folder.Root).Images).Heads);
    }
}
