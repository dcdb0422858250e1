using HeadCount.Annotations;
using Xunit;

namespace HeadCount.Tests.Annotations.CrowdHuman;

public sealed class CrowdHumanFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_HeadBoxes_MasksAndIgnored()
    {
        string path = _folder.Write("annotation_val.odgt", """
            {"ID": "273271,c9db", "gtboxes": [{"fbox": [0, 0, 50, 90], "tag": "person", "hbox": [10, -4, 20, 30], "extra": {"box_id": 0, "occ": 1}, "vbox": [0, 0, 40, 80], "head_attr": {"ignore": 0, "occ": 1, "unsure": 0}}, {"fbox": [5, 6, 7, 8], "tag": "mask", "hbox": [5, 6, 7, 8], "extra": {"ignore": 1}, "vbox": [5, 6, 7, 8], "head_attr": {}}, {"tag": "person", "hbox": [1, 1, 2, 2], "head_attr": {"ignore": 1}}, {"tag": "person", "hbox": [60, 60, 2, 4]}]}

            {"ID": "x", "gtboxes": []}
            """.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Equal("crowdhuman", AnnotationFormat.Of(path).Id);
        PictureHeads[] pictures = [.. PointFile.Read(path)];
        Assert.Equal(["273271,c9db.jpg", "x.jpg"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(20, 11), new HeadPoint(61, 62)], pictures[0].Heads);
        Assert.Equal([new IgnoredRegion(5, 6, 7, 8), new IgnoredRegion(1, 1, 2, 2)], pictures[0].Ignored);
        Assert.Empty(pictures[1].Heads);
    }

    [Theory]
    [InlineData("{\"ID\":\"a\",\"gtboxes\":[]}\n{\"ID\":\"b\",", "line 2: no valid JSON")]
    [InlineData("{\"ID\":\"a\",\"gtboxes\":[{\"tag\":\"person\"}]}", "line 1.gtboxes[0]: has no 'hbox'")]
    [InlineData("{\"ID\":\"a\"}", "line 1: has no 'gtboxes'")]
    [InlineData("{\"ID\":\"a\",\"gtboxes\":[{\"hbox\":[1,2,\"3\",4]}]}", "line 1.gtboxes[0].hbox[2]: \"3\" is no number")]
    public void Read_Malformed_NamesLineAndField(string content, string reason)
    {
        string path = _folder.Write("a.odgt", content);
        Assert.StartsWith($"{path}, {reason}", Assert.Throws<AnnotationException>(() => PointFile.Read(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dataset_FindsPicturesByTheirId()
    {
        _folder.Write("Images/a,b.jpg", [1]);
        _folder.Write("annotation_train.odgt", """{"ID":"a,b","gtboxes":[{"tag":"person","hbox":[0,0,2,2]}]}""");
        Assert.Equal([new HeadPoint(1, 1)], Assert.Single(Dataset.Load(_folder.Root).Images).Heads);
    }
}
