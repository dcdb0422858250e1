using HeadCount.Annotations;
using HeadCount.Annotations.Cvat;
using Xunit;

namespace HeadCount.Tests.Annotations.Cvat;

public sealed class CvatFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_PointsAndBoxes()
    {
        var pictures = CvatFormat.Read(_folder.Write("a.xml", """
            <?xml version="1.0" encoding="utf-8"?>
            <annotations>
              <version>1.1</version><meta><task><labels><label><name>head</name></label></labels></task></meta>
              <image id="0" name="a b/ü.JPG" width="640" height="480">
                <points label="anyone" source="manual" occluded="0" points="1.5,2;-3.25,4.00" z_order="0"></points>
                <box label="head" xtl="10" ytl="20" xbr="20" ybr="40"><attribute name="x">1</attribute></box>
                <box label="ignore" xtl="0" ytl="0" xbr="5" ybr="6"/>
                <polygon label="ignored area" points="1,1;4,1;4,9"/>
                <points label="ignore" points="9,9"/>
              </image>
              <image id="1" name="b.jpg" width="10" height="10"/>
            </annotations>
            """.Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal(["a b/ü.JPG", "b.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(1.5, 2), new HeadPoint(-3.25, 4), new HeadPoint(15, 30)], pictures[0].Heads);
        Assert.Equal([new IgnoredRegion(0, 0, 5, 6), new IgnoredRegion(1, 1, 3, 8)], pictures[0].Ignored);
        Assert.Equal(new PictureSize(640, 480), pictures[0].Size);
        Assert.Empty(pictures[1].Heads);
    }

    [Theory]
    [InlineData("<annotations>\n<image name='a'>\n<points label='h' points='1,2;3'/></image></annotations>",
        "line 3: '3' is no point")]
    [InlineData("<annotations><image name='a'><points label='h' points='1,2,5'/></image></annotations>",
        "line 1: '2,5' is no number")]
    [InlineData("<annotations><image name='a'><points label='h' points='NaN,2'/></image></annotations>",
        "line 1: 'NaN' is no number")]
    [InlineData("<annotations><image/></annotations>", "line 1: 'image' has no 'name'")]
    [InlineData("<annotations><track id='0'/></annotations>", "line 1: a CVAT file for videos")]
    [InlineData("<annotations>\n<image name='a'>", "line 2: no valid XML")]
    [InlineData("<html/>", "line 1: begins with 'html'")]
    [InlineData("<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<annotations>&b;</annotations>",
        "line 1: no valid XML (For security reasons DTD is prohibited")]
    public void Read_Malformed_NamesTheLine(string xml, string reason)
    {
        string path = _folder.Write("a.xml", xml);
        string message = Assert.Throws<AnnotationException>(() => CvatFormat.Read(path)).Message;
        Assert.StartsWith($"{path}, {reason}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
