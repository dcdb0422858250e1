using HeadCount.Annotations;
using HeadCount.Annotations.Labelme;
using Xunit;

namespace HeadCount.Tests.Annotations.Labelme;

public sealed class LabelmeFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AllShapes()
    {
        PictureHeads picture = LabelmeFormat.Read(_folder.Write("a.json", """
            {"version": "5.5.0", "flags": {}, "imageData": "AAAA", "shapes": [
              {"label": "x", "points": [[10.5, -2]], "group_id": null, "shape_type": "point", "flags": {}},
              {"label": "head", "points": [[20, 40], [10, 20]], "shape_type": "rectangle"},
              {"label": "face", "points": [[5, 5], [8, 9]], "shape_type": "circle"},
              {"label": "person", "points": [[0, 0], [10, 30]], "shape_type": "rectangle"},
              {"label": "Ignored", "points": [[1, 2], [5, 2], [3, 9]], "shape_type": "polygon"},
              {"label": "ignored", "points": [[1, 1]], "shape_type": "point"},
              {"label": "car", "points": [[0, 0], [10, 30]], "shape_type": "rectangle"}],
             "imagePath": "..\\p\\a b.jpg", "imageHeight": 50, "imageWidth": 100}
            """));
        Assert.Equal("../p/a b.jpg", picture.Name);
        Assert.Equal([new HeadPoint(10.5, -2), new HeadPoint(15, 30), new HeadPoint(5, 5)], picture.Heads);
        Assert.Equal([new IgnoredRegion(1, 2, 4, 7)], picture.Ignored);
        Assert.Equal(new PictureSize(100, 50), picture.Size);
    }

    [Fact]
    public void Read_PersonsAlone_AreTakenNearTheTop() => Assert.Equal([new HeadPoint(5, 2)], LabelmeFormat.Read(
        _folder.Write("a.json", """{"shapes":[{"label":"Person","points":[[0,0],[10,30]],"shape_type":"rectangle"}]}""")).Heads);

    [Fact]
    public void Dataset_FindsItBesideThePicture_AndLeavesOtherJsonAlone()
    {
        _folder.Write("a.JPG", [1]);
        _folder.Write("a.json", """{"shapes":[{"label":"h","points":[[1,2]],"shape_type":"point"}]}""");
        _folder.Write("b.jpg", [1]);
        _folder.Write("b.json", """{"camera":"front"}""");
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal([new HeadPoint(1, 2)], Assert.Single(dataset.Images).Heads);
        Assert.Equal(["b.jpg"], dataset.Unannotated);
    }

    [Theory]
    [InlineData("""{"shapes":[{"points":[[1,2]]}]}""", ", shapes[0]: has no 'label'")]
    [InlineData("""{"shapes":[{"label":"h","points":[[1,2]],"shape_type":"point"},{"label":"h","points":[[1]],"shape_type":"point"}]}""",
        ", shapes[1].points[0]: 1 numbers")]
    [InlineData("""{"shapes":[{"label":"h","points":[[1,"2,5"]],"shape_type":"point"}]}""",
        ", shapes[0].points[0][1]: \"2,5\" is no number")]
    [InlineData("""{"shapes":{}}""", ", shapes: expected an array")]
    [InlineData("""{"shapes":[],"imageWidth":-5,"imageHeight":2}""", ", imageWidth and imageHeight: a picture of -5×2")]
    [InlineData("{\"version\":1}", ": has no 'shapes'")]
    [InlineData("{\"shapes\":[\n{\"label\":\"h\",}", ", line 2: no valid JSON (a comma before ] or }")]
    public void Read_Malformed_NamesTheField(string json, string reason)
    {
        string path = _folder.Write("a.json", json);
        Assert.StartsWith(path + reason, Assert.Throws<AnnotationException>(() => LabelmeFormat.Read(path)).Message,
            StringComparison.Ordinal);
    }
}
