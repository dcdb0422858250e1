using HeadCount.Annotations;
using HeadCount.Tests.Annotations.Mat;
using Xunit;

namespace HeadCount.Tests.Annotations;

public sealed class DatasetTests : IDisposable
{
    private static readonly MatBytes Mat = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Three layouts, an empty scene, and a picture that nobody annotated. Pictures are not opened.</summary>
    private void WriteMixed()
    {
        Picture("a/images/IMG_10.jpg");
        _folder.Write("a/ground-truth/GT_IMG_10.mat", ShanghaiTech(10, 10));
        Picture("a/images/img_2.JPG");
        _folder.Write("a/ground-truth/GT_img_2.mat", ShanghaiTech(2, 2));
        Picture("brt/frame/1-7.jpg");
        _folder.Write("brt/ground_truth/1-7.mat", Mat.File(Mat.Doubles("loc", 0, 2)));
        Picture("ucf/3.jpg");
        _folder.Write("ucf/3_ann.mat", Mat.File(Mat.Doubles("annPoints", 1, 2, -4, 5)));
        Picture("negatives/x/wall.png");
        Picture("other/unknown.jpg");
        _folder.Write("a/images/notes.txt", "no picture");
    }

    private void Picture(string name) => _folder.Write(name, [0xFF, 0xD8]);

    private static byte[] ShanghaiTech(double x, double y) =>
        Mat.File(Mat.Cell("image_info", Mat.Struct("", ("location", Mat.Doubles("", 1, 2, x, y)))));

    private string Refusal(string? split = null) =>
        Assert.Throws<AnnotationException>(() => Dataset.Load(_folder.Root, split)).Message;

    [Fact]
    public void Load_SeveralLayoutsAtOnce_ResolvesEachPicture()
    {
        WriteMixed();
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal(["a/images/img_2.JPG", "a/images/IMG_10.jpg", "brt/frame/1-7.jpg", "negatives/x/wall.png",
            "ucf/3.jpg"],
            dataset.Images.Select(image => image.Name));
        Assert.Equal([new HeadPoint(1.5, 1.5)], dataset.Images[0].Heads);
        Assert.Equal([new HeadPoint(9.5, 9.5)], dataset.Images[1].Heads);
        Assert.Empty(dataset.Images[2].Heads);
        Assert.Empty(dataset.Images[3].Heads);
        Assert.Equal([new HeadPoint(-4.5, 4.5)], dataset.Images[4].Heads);
        Assert.Equal(["Beijing-BRT", "negatives", "ShanghaiTech", "UCF"], dataset.Formats);
        Assert.Single(dataset.Unannotated);
        Assert.All(dataset.Images, image => Assert.True(File.Exists(image.ImagePath)));
    }

    [Theory]
    [InlineData("", "splits/val.txt", "a/images/IMG_10.jpg")]
    [InlineData("a", "splits/val.txt", "a/images/IMG_10.jpg")]
    [InlineData("a", "splits/val.txt", "images/IMG_10.jpg")]
    [InlineData("brt", "a/val.txt", "images/IMG_10.jpg")]
    public void Load_Split_FindsPicturesFromFolderParentOrList(string folder, string split, string listed)
    {
        WriteMixed();
        string path = _folder.Write(split, $"# validation\r\n\r\n{listed}\r\n");
        var image = Assert.Single(Dataset.Load(_folder[folder], path).Images);
        Assert.Equal(listed, image.Name);
        Assert.Equal(_folder["a/images/IMG_10.jpg"], image.ImagePath);
        Assert.Equal([new HeadPoint(9.5, 9.5)], image.Heads);
    }

    [Fact]
    public void Load_Split_KeepsItsOrder()
    {
        WriteMixed();
        string split = _folder.Write("v.txt", "ucf/3.jpg\na/images/IMG_10.jpg");
        var dataset = Dataset.Load(_folder.Root, split);
        Assert.Equal(["ucf/3.jpg", "a/images/IMG_10.jpg"], dataset.Images.Select(image => image.Name));
        Assert.Equal(["ShanghaiTech", "UCF"], dataset.Formats);
    }

    [Fact]
    public void Load_SplitWithMissingPicture_NamesListLineAndPath()
    {
        WriteMixed();
        string split = _folder.Write("v.txt", "ucf/3.jpg\n\nucf/4.jpg\n");
        Assert.StartsWith($"{split}, line 3: picture 'ucf/4.jpg'", Refusal(split), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SplitWithUnannotatedPicture_NamesLineAndLayouts()
    {
        WriteMixed();
        string split = _folder.Write("v.txt", "other/unknown.jpg\n");
        string message = Refusal(split);
        Assert.StartsWith($"{split}, line 1: picture 'other/unknown.jpg' has no annotation", message,
            StringComparison.Ordinal);
        Assert.Contains("GT_IMG_n.mat", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SplitMissingOrWithoutPictures_SaysSo()
    {
        WriteMixed();
        Assert.Equal($"{_folder["v.txt"]}: no such file", Refusal(_folder["v.txt"]));
        string split = _folder.Write("v.txt", "# nothing\n");
        Assert.StartsWith($"{split}: lists no picture", Refusal(split), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFolder_SaysSo()
    {
        string path = _folder["nowhere"];
        Assert.Equal($"{path}: no such folder",
            Assert.Throws<AnnotationException>(() => Dataset.Load(path)).Message);
    }

    [Fact]
    public void Load_NoPictures_SaysSo()
    {
        _folder.Write("a.txt", "text");
        Assert.StartsWith($"{_folder.Root}: holds no pictures", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PicturesWithoutAnnotation_NamesTheLayouts()
    {
        Picture("a.jpg");
        string message = Refusal();
        Assert.StartsWith($"{_folder.Root}: holds 1 pictures but no annotation", message, StringComparison.Ordinal);
        foreach (string layout in (string[])["GT_IMG_n.mat", "name_ann.mat", "ground_truth/name.mat", "heads.csv",
            "negatives"])
            Assert.Contains(layout, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("heads.csv")]
    [InlineData("annotations.csv")]
    public void Load_Table_AnnotatesAPlainFolder(string table)
    {
        Picture("a.jpg");
        Picture("sub/b.jpg");
        Picture("c.jpg");
        _folder.Write(table, "image,x,y\nsub/b.jpg,3,4\na.jpg,,\n");
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal(["a.jpg", "sub/b.jpg"], dataset.Images.Select(image => image.Name));
        Assert.Empty(dataset.Images[0].Heads);
        Assert.Equal([new HeadPoint(3, 4)], dataset.Images[1].Heads);
        Assert.Equal(["HeadCount CSV"], dataset.Formats);
        Assert.Single(dataset.Unannotated);
    }

    [Fact]
    public void Load_TableWithMissingPicture_NamesIt()
    {
        Picture("a.jpg");
        string table = _folder.Write("heads.csv", "image,x,y\nb.jpg,3,4\n");
        Assert.StartsWith($"{table}: lists picture 'b.jpg', which does not exist", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeveralAnnotationsOfAPicture_OneIsTakenAndTheOthersAreTold()
    {
        Picture("images/a.jpg");
        _folder.Write("gt/a.txt", "1 2 3 4 1 0\n");
        _folder.Write("images/a.json", """{"shapes":[]}""");
        _folder.Write("annotations.csv", "image,x,y\nimages/a.jpg,3,4\n");
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal([new HeadPoint(1.5, 2.5)], Assert.Single(dataset.Images).Heads);
        Assert.Equal(["JHU-CROWD++"], dataset.Formats);
        Assert.Equal(["labelme 1", "HeadCount CSV 1"], dataset.Notes.Select(note => note.ToString().Split('(')[1].TrimEnd(')')));
    }

    [Fact]
    public void Load_FolderNamedNegatives_HoldsNobody()
    {
        Picture("negatives/a.jpg");
        Assert.Empty(Assert.Single(Dataset.Load(_folder["negatives"] + "/").Images).Heads);
    }

    [Fact]
    public void Load_BrokenAnnotation_NamesTheFile()
    {
        Picture("3.jpg");
        string annotation = _folder.Write("3_ann.mat", "broken");
        Assert.StartsWith(annotation, Refusal(), StringComparison.Ordinal);
    }
}
