using HeadCount.Annotations;
using HeadCount.Annotations.Yolo;
using HeadCount.Imaging;
using Xunit;

namespace HeadCount.Tests.Annotations.Yolo;

public sealed class YoloFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public YoloFormatTests()
    {
        Directory.CreateDirectory(_folder["images/val"]);
        PictureWriter.Save(new RgbImage(200, 100), _folder["images/val/a.jpg"]);
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<HeadPoint> Load(string labels)
    {
        _folder.Write("labels/val/a.txt", labels);
        return Assert.Single(Dataset.Load(_folder.Root).Images).Heads;
    }

    [Fact]
    public void Read_WithoutNames_EveryBoxIsAHead() => Assert.Equal(
        [new HeadPoint(100, 25), new HeadPoint(20, 90, 0.5)], Load("0 0.5 0.25 0.1 0.1\r\n7 0.1 0.9 0.1 0.1 0.5\r\n"));

    [Fact]
    public void Read_EmptyFile_HoldsNobody() => Assert.Empty(Load(""));

    [Theory]
    [InlineData("classes.txt", "person\nhead\ncar\n")]
    [InlineData("labels/obj.names", "person\r\nhead\r\ncar\r\n")]
    [InlineData("data.yaml", "path: .\nnames: [person, 'head', car]\nnc: 3\n")]
    [InlineData("data.yaml", "names:\n  0: person\n  1: head # that\n  2: car\nnc: 3\n")]
    [InlineData("data.yaml", "names:\n- person\n- head\n- car\nnc: 3\n")]
    public void Read_Names_TellHeadsFromOthers(string file, string names)
    {
        _folder.Write(file, names);
        Assert.Equal([new HeadPoint(20, 90)], Load("0 0.5 0.5 0.1 0.3\n1 0.1 0.9 0.1 0.1\n2 0.2 0.2 0.1 0.1\n"));
        // Without heads the head point lies a fifteenth of the height below the top of a person's box.
        HeadPoint head = Assert.Single(Load("0 0.5 0.5 0.1 0.3\n2 0.2 0.2 0.1 0.1\n"));
        Assert.Equal(100, head.X, 1e-9);
        Assert.Equal(35 + 2, head.Y, 1e-9);
    }

    [Theory]
    [InlineData("0 0.5 0.25 0.1\n", "line 1: 4 numbers")]
    [InlineData("0 0.5 0.25 0.1 0.1\n0 120 60 20 20\n", "line 2: numbers beyond 10")]
    [InlineData("0 0,5 0,25 0,1 0,1\n", "line 1: numbers beyond 10")]
    [InlineData("0 0.5 0.25 -0.1 0.1\n", "line 1: a box of -20×10")]
    [InlineData("0 NaN 0.25 0.1 0.1\n", "line 1: 'NaN' is no number")]
    public void Read_Malformed_NamesTheLine(string labels, string reason)
    {
        string message = Assert.Throws<AnnotationException>(() => Load(labels)).Message;
        Assert.StartsWith($"{_folder["labels/val/a.txt"]}, {reason}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ClassWithoutName_IsRefused()
    {
        _folder.Write("classes.txt", "head\n");
        Assert.Contains("class 1", Assert.Throws<AnnotationException>(() => Load("1 0.5 0.25 0.1 0.1")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_StandsBesideImages()
    {
        YoloFormat.Write(_folder["out"],
            [new PictureHeads("a/images/b.jpg", [new HeadPoint(50, 20)]) { Size = new(200, 100) }]);
        Assert.Equal("0 0.25 0.2 0.08 0.16\n", File.ReadAllText(_folder["out/a/labels/b.txt"]));
        Assert.Equal("head\n", File.ReadAllText(_folder["out/classes.txt"]));
    }

    [Theory]
    [InlineData("0 0.5 0.25 0.1 0.1", true)]
    [InlineData("3 0.5 0.25 0.1 0.1 0.87", true)]
    [InlineData("0 120 80 10 10", false)]
    [InlineData("0.5 0.5 0.25 0.1 0.1", false)]
    public void Of_TellsItByItsFirstLine(string line, bool isYolo)
    {
        string path = _folder.Write("label.txt", line + "\n");
        Assert.Equal(isYolo, IsYolo());

        bool IsYolo()
        {
            try
            {
                return AnnotationFormat.Of(path).Id == "yolo";
            }
            catch (AnnotationException)
            {
                return false;
            }
        }
    }
}
