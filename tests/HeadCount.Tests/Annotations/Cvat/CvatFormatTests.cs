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

    // docs.cvat.ai, XML annotation format: rotation in degrees, clockwise, about the centre; masks by their box.
    [Fact]
    public void Read_TurnedBoxesMasksCuboidsAndSkeletons()
    {
        var reading = new AnnotationReading();
        PictureHeads picture = Assert.Single(CvatFormat.Read(_folder.Write("a.xml", """
            <annotations><image id="0" name="a.jpg" width="200" height="100">
              <box label="head" xtl="10" ytl="20" xbr="30" ybr="60" rotation="90.00"/>
              <ellipse label="head" cx="50" cy="60" rx="4" ry="5"/>
              <mask label="head" rle="1, 2" left="70" top="80" width="10" height="4" z_order="0"></mask>
              <cuboid label="car" xtl1="0" ytl1="0" xbl1="0" ybl1="9" xtr1="9" ytr1="0" xbr1="9" ybr1="9" xtl2="0" ytl2="0" xbl2="0" ybl2="9" xtr2="9" ytr2="0" xbr2="9" ybr2="9"/>
              <skeleton label="person"><points label="nose" outside="0" points="11,12"/><points label="left_eye" outside="0" points="13,10"/>
                <points label="left_foot" outside="0" points="99,99"/></skeleton>
              <skeleton label="person"><points label="nose" outside="1" points="0,0"/></skeleton>
              <tag label="night"/>
            </image></annotations>
            """), reading));
        Assert.Equal([new HeadPoint(12, 11), new HeadPoint(20, 40), new HeadPoint(50, 60), new HeadPoint(75, 82)], picture.Heads);
        Assert.Equal(3, reading.LeftOut);
    }

    [Fact]
    public void Read_Film_NamesFramesAsCvatDoes_AndLeavesOutWhatIsOutside()
    {
        var frames = CvatFormat.Read(_folder.Write("a.xml", """
            <annotations><version>1.1</version><meta><task><original_size><width>64</width><height>48</height></original_size></task></meta>
              <track id="0" label="person"><box frame="0" outside="0" xtl="0" ytl="0" xbr="10" ybr="30"/>
                <box frame="1" outside="1" xtl="0" ytl="0" xbr="10" ybr="30"/></track>
              <track id="1" label="car"><box frame="0" outside="0" xtl="0" ytl="0" xbr="10" ybr="30"/></track>
            </annotations>
            """));
        Assert.Equal(["frame_000000", "frame_000001"], frames.Select(frame => frame.Name));
        Assert.Equal([new HeadPoint(5, 2)], frames[0].Heads);
        Assert.Empty(frames[1].Heads);
        Assert.Equal(new PictureSize(64, 48), frames[0].Size);
    }

    [Theory]
    [InlineData("<annotations>\n<image name='a'>\n<points label='h' points='1,2;3'/></image></annotations>",
        "line 3: '3' is no point")]
    [InlineData("<annotations><image name='a'><points label='h' points='1,2,5'/></image></annotations>",
        "line 1: '2,5' is no number")]
    [InlineData("<annotations><image name='a'><points label='h' points='NaN,2'/></image></annotations>",
        "line 1: 'NaN' is no number")]
    [InlineData("<annotations><image/></annotations>", "line 1: 'image' has no 'name'")]
    [InlineData("<annotations><track label='p'>\n<box frame='1.5' outside='0'/></track></annotations>", "line 2: '1.5' is no number of a frame")]
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
