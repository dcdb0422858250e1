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
            {"type":"FeatureCollection","coordinates":"pixels of the upright picture, x right, y down","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1.5,-2]},"properties":{"image":"ü.jpg","score":0.5}}]}

            """, File.ReadAllText(path));
    }
}
