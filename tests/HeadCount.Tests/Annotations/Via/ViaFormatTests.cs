using HeadCount.Annotations;
using HeadCount.Annotations.Via;
using Xunit;

namespace HeadCount.Tests.Annotations.Via;

public sealed class ViaFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fdst_CentreOfTheBox_NotItsCorner()
    {
        _folder.Write("train/1/001.jpg", [1]);
        _folder.Write("train/1/001.json", """
            {"001.jpg200000":{"filename":"001.jpg","size":200000,"regions":[
              {"shape_attributes":{"name":"rect","x":100,"y":50,"width":10,"height":12},"region_attributes":{}},
              {"shape_attributes":{"name":"rect","x":-4,"y":0,"width":4,"height":4},"region_attributes":{}}],
              "file_attributes":{}}}
            """);
        _folder.Write("train/1/002.jpg", [1]);
        _folder.Write("train/1/002.json", """{"002.jpg7":{"filename":"002.jpg","size":7,"regions":[]}}""");
        var dataset = Dataset.Load(_folder.Root);
        Assert.Equal([new HeadPoint(105, 56), new HeadPoint(-2, 2)], dataset.Images[0].Heads);
        Assert.Empty(dataset.Images[1].Heads);
        Assert.Equal(["VIA"], dataset.Formats);
    }

    [Fact]
    public void Dataset_ItsOwnFolder_TakesItForThePictureAndNotForATable()
    {
        _folder.Write("001.JPG", [1]);
        _folder.Write("001.json", """
            {"k":{"filename":"renamed.jpg","size":1,"regions":[
              {"shape_attributes":{"name":"point","cx":3,"cy":4},"region_attributes":{}}]}}
            """);
        Assert.Equal([new HeadPoint(3, 4)], Assert.Single(Dataset.Load(_folder.Root).Images).Heads);
    }

    // VIA 2 user guide: text, checkbox, radio, dropdown and image attributes.
    [Theory]
    [InlineData("""{"type":"car"}""", 0)]
    [InlineData("""{"type":"person"}""", 2)]
    [InlineData("""{"type":{"person":true}}""", 2)]
    [InlineData("""{"type":{"person":false,"car":true}}""", 0)]
    [InlineData("""{"type":{"person":false},"id":"17"}""", 15)]
    [InlineData("""{"quality":{"good":true},"kind":"head"}""", 15)]
    [InlineData("""{"head":"1"}""", 15)]
    [InlineData("""{"name":"not_defined","type":"unknown"}""", 15)]
    [InlineData("{}", 15)]
    public void Attributes_OfEveryKind_SayWhatARegionIs(string attributes, double y)
    {
        var reading = new AnnotationReading();
        PictureHeads picture = Assert.Single(ViaFormat.Read(_folder.Write("p.json", $$$"""
            {"a":{"filename":"a.jpg","regions":[{"shape_attributes":{"name":"rect","x":0,"y":0,"width":30,"height":30},
            "region_attributes":{{{attributes}}}}]}}
            """), reading));
        Assert.Equal(y == 0 ? [] : [new HeadPoint(15, y)], picture.Heads);
        Assert.Equal(y == 0 ? 1 : 0, reading.LeftOut);
    }

    [Fact]
    public void Project_ManyPicturesAndAllShapes()
    {
        var pictures = ViaFormat.Read(_folder.Write("p.json", """
            {"_via_settings":{"ui":{"regions":[1,{}]}},"_via_img_metadata":{
              "a":{"filename":"a.jpg","size":-1,"regions":[
                {"shape_attributes":{"name":"point","cx":3,"cy":4},"region_attributes":{}},
                {"shape_attributes":{"name":"circle","cx":30,"cy":40,"r":2.5},"region_attributes":{"type":"face"}},
                {"shape_attributes":{"name":"ellipse","cx":5,"cy":6,"rx":1,"ry":2},"region_attributes":{}},
                {"shape_attributes":{"name":"polygon","all_points_x":[0,4,4],"all_points_y":[0,0,8]},
                 "region_attributes":{"type":"ignore"}}]},
              "b":{"filename":"b.jpg","size":-1,"regions":{"0":
                {"shape_attributes":{"name":"rect","x":0,"y":0,"width":30,"height":30},
                 "region_attributes":{"type":"person"}}}}}}
            """));
        Assert.Equal(["a.jpg", "b.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(3, 4), new HeadPoint(30, 40), new HeadPoint(5, 6)], pictures[0].Heads);
        Assert.Equal([new IgnoredRegion(0, 0, 4, 8)], pictures[0].Ignored);
        Assert.Equal([new HeadPoint(15, 2)], pictures[1].Heads);
    }
}
