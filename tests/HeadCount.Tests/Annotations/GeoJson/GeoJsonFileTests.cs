using System.Globalization;
using System.Text.Json;
using HeadCount.Annotations;
using HeadCount.Annotations.GeoJson;
using Xunit;

namespace HeadCount.Tests.Annotations.GeoJson;

public sealed class GeoJsonFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_OneFeatureAHead()
    {
        string path = _folder["a.geojson"];
        GeoJsonFile.Write(path, [new PictureHeads("ü.jpg", [new HeadPoint(1.5, -2, 0.5)]), new PictureHeads("b", [])]);
        Assert.Equal("""
            {"type":"FeatureCollection","pixelCoordinates":"pixels of the upright picture, x right, y down","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1.5,-2]},"properties":{"image":"ü.jpg","score":0.5}}]}

            """, File.ReadAllText(path));
        Assert.Equal(new HeadPoint(1.5, -2, 0.5), Assert.Single(Assert.Single(PointFile.Read(path)).Heads));
    }

    // RFC 7946, 7.1: neither a collection nor a feature may have a member "coordinates" or "geometries", nor "geometry" or
    // "properties" a collection, nor "features" a feature; 3.2: a feature has "geometry" and "properties".
    [Fact]
    public void Write_KeepsToTheStandard()
    {
        string path = _folder["a.geojson"];
        GeoJsonFile.Write(path, [new PictureHeads("a.jpg", [new HeadPoint(1, 2), new HeadPoint(3, 4)])]);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement;
        Assert.Equal("FeatureCollection", root.GetProperty("type").GetString());
        Assert.DoesNotContain(root.EnumerateObject(), member =>
            member.Name is "coordinates" or "geometries" or "geometry" or "properties");
        Assert.All(root.GetProperty("features").EnumerateArray(), feature =>
        {
            Assert.Equal(["type", "geometry", "properties"], feature.EnumerateObject().Select(member => member.Name));
            Assert.Equal("Feature", feature.GetProperty("type").GetString());
            Assert.Equal("Point", feature.GetProperty("geometry").GetProperty("type").GetString());
            Assert.Equal(2, feature.GetProperty("geometry").GetProperty("coordinates").GetArrayLength());
        });
    }

    // As QuPath exports annotations.
    [Theory]
    [InlineData("{0}")]
    [InlineData("""{{"type":"FeatureCollection","features":{0}}}""")]
    public void Read_QuPath(string form)
    {
        const string Features = """
            [{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[10.5,20.5]},
              "properties":{"objectType":"annotation","classification":{"name":"Head","color":[1,2,3]}}},
             {"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[1,2],[3,4]]},
              "properties":{"objectType":"annotation"}},
             {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,30],[0,30],[0,0]]]},
              "properties":{"classification":{"name":"Ignore*"}}},
             {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,30],[0,0]]]},
              "properties":{"classification":{"name":"Tumor"}}}]
            """;
        string path = _folder.Write("slide 1.geojson", string.Format(CultureInfo.InvariantCulture, form, Features));
        var reading = new AnnotationReading();
        PictureHeads picture = Assert.Single(PointFile.Read(path, reading));
        Assert.Equal("slide 1", picture.Name);
        // Where a point is called a head, those without a name are left out.
        Assert.Equal([new HeadPoint(10.5, 20.5)], picture.Heads);
        Assert.Equal([new IgnoredRegion(0, 0, 10, 30)], picture.Ignored);
        Assert.Equal(3, reading.LeftOut);
    }

    [Fact]
    public void Dataset_FindsItBesideThePicture()
    {
        _folder.Write("a.jpg", [1]);
        _folder.Write("a.geojson", """{"type":"FeatureCollection","features":[]}""");
        Assert.Empty(Assert.Single(Dataset.Load(_folder.Root).Images).Heads);
    }
}
