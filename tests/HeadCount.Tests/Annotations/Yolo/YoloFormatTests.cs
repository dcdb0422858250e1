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
    [InlineData("0 0,5 0,25 0,1 0,1\n", "line 1: '0 0,5 0,25 0,1 0,1' has decimal commas")]
    [InlineData("0 0.5 0.25 -0.1 0.1\n", "line 1: a box of -20×10")]
    [InlineData("0.5 0.5 0.25 0.1 0.1\n", "line 1: 0.5 is no number of a class")]
    [InlineData("0 0.5 0.25 0.1 0.1 0.9 0.9 0.9 17\n", "line 1: numbers beyond 10")]
    [InlineData("0 NaN 0.25 0.1 0.1\n", "line 1: 'NaN' is no number")]
    public void Read_Malformed_NamesTheLine(string labels, string reason)
    {
        string message = Assert.Throws<AnnotationException>(() => Load(labels)).Message;
        Assert.StartsWith($"{_folder["labels/val/a.txt"]}, {reason}", message, StringComparison.Ordinal);
    }

    // Ultralytics takes the rectangle around a polygon (segments2boxes), and rows of predictions end with a score.
    [Theory]
    [InlineData("0 0.1 0.2 0.3 0.2 0.3 0.6 0.1 0.6", 40, 40, 1)]
    [InlineData("0 0.1 0.2 0.3 0.2 0.2 0.6", 40, 40, 1)]
    [InlineData("0 0.1 0.2 0.3 0.2 0.3 0.6 0.1 0.6 0.75", 40, 40, 0.75)]
    [InlineData("0 0.2 0.4 0.1 0.1 17", 40, 40, 1)]
    [InlineData("0 0.2 0.4 0.1 0.1 0.5 17", 40, 40, 0.5)]
    public void Read_PolygonsScoresAndTracks(string row, double x, double y, double score)
    {
        HeadPoint head = Assert.Single(Load(row + "\n"));
        Assert.Equal((x, y, score), (Math.Round(head.X, 9), Math.Round(head.Y, 9), head.Score));
    }

    [Fact]
    public void Read_Keypoints_StandBehindTheBox_WhereTheDataFileSaysSo()
    {
        _folder.Write("data.yaml", "kpt_shape: [2, 3]\nnames:\n  0: head\n");
        Assert.Equal([new HeadPoint(100, 25)], Load("0 0.5 0.25 0.1 0.1 0.4 0.2 2 0.6 0.3 2\n"));
    }

    [Theory]
    [InlineData("data.yaml", "names: [headlight, person]\n")]
    [InlineData("dataset.yaml", "names:\n  1: person\n  0: surface\n")]
    [InlineData("crowd.yml", "train: images\nnames: {0: 'head set', 1: \"person\"}\n")]
    [InlineData("data.yaml", "names: # classes\n  - >-\n    facet\n  - person\n")]
    public void Read_NamesByARealParser_AndByWholeWords(string file, string names)
    {
        _folder.Write(file, names);
        // A person's head lies a fifteenth of the height below the top; the other class is no head.
        HeadPoint head = Assert.Single(Load("0 0.1 0.1 0.1 0.1\n1 0.5 0.5 0.1 0.3\n"));
        Assert.Equal((100, 37), (head.X, Math.Round(head.Y, 9)));
    }

    [Fact]
    public void Read_BrokenYaml_NamesTheLine()
    {
        string yaml = _folder.Write("data.yaml", "nc: 1\nnames: [head\n");
        Assert.StartsWith($"{yaml}, line ", Assert.Throws<AnnotationException>(() => Load("0 0.5 0.5 0.1 0.1\n")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dataset_LabelsBesideThePictures_AsDarknetHasThem()
    {
        using var folder = new TempFolder();
        folder.Write("obj.names", "head\n");
        folder.Write("train.txt", "data/obj_train_data/a.jpg\n");
        Directory.CreateDirectory(folder["obj_train_data"]);
        foreach (string name in (string[])["a", "b", "c"])
            PictureWriter.Save(new RgbImage(200, 100), folder[$"obj_train_data/{name}.jpg"]);
        folder.Write("obj_train_data/a.txt", "0 0.5 0.25 0.1 0.1\n");
        folder.Write("obj_train_data/b.txt", "");
        folder.Write("obj_train_data/c.txt", "a photo of a crowd\n");
        var dataset = Dataset.Load(folder.Root);
        Assert.Equal([1, 0], dataset.Images.Select(image => image.Heads.Count));
        Assert.Equal(["obj_train_data/c.jpg"], dataset.Unannotated);
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
