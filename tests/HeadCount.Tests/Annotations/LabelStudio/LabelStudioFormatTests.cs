using HeadCount.Annotations;
using HeadCount.Annotations.LabelStudio;
using Xunit;

namespace HeadCount.Tests.Annotations.LabelStudio;

public sealed class LabelStudioFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<PictureHeads> Read(string json) => LabelStudioFormat.Read(_folder.Write("a.json", json));

    private static string Result(string value, string type = "keypointlabels", int rotation = 0) =>
        $$$"""{"type":"{{{type}}}","original_width":200,"original_height":100,"image_rotation":{{{rotation}}},"value":{{{value}}}}""";

    [Fact]
    public void Read_Percents_BecomePixels_OfTheLastAnnotationThatCounts()
    {
        var pictures = Read($$$"""
            [{"id":1,"annotations":[
               {"result":[{{{Result("""{"x":1,"y":1,"keypointlabels":["head"]}""")}}}]},
               {"was_cancelled":false,"result":[
                 {{{Result("""{"x":25,"y":50,"width":0.3,"keypointlabels":["x"]}""")}}},
                 {{{Result("""{"x":10,"y":10,"width":10,"height":20,"rectanglelabels":["head"]}""", "rectanglelabels")}}},
                 {{{Result("""{"x":0,"y":0,"width":50,"height":50,"rectanglelabels":["ignore"]}""", "rectanglelabels")}}},
                 {"type":"choices","value":{"choices":["day"]} }]},
               {"was_cancelled":true,"result":[]}],
              "data":{"image":"/data/upload/1/0a1b2c3d-my%20pic.JPG"}},
             {"id":2,"completions":[{"result":[]}],"data":{"image":"/data/local-files/?d=sub%2Fb.jpg"}},
             {"id":3,"annotations":[],"predictions":[{"result":[{{{Result("""{"x":100,"y":-10}""")}}}]}],
              "data":{"text":"https://x.org/c.png?token=1"}}]
            """);
        Assert.Equal(["my pic.JPG", "sub/b.jpg", "c.png"], pictures.Select(picture => picture.Name));
        Assert.Equal([new HeadPoint(50, 50), new HeadPoint(30, 20)], pictures[0].Heads);
        Assert.Equal([new IgnoredRegion(0, 0, 100, 50)], pictures[0].Ignored);
        Assert.Equal(new PictureSize(200, 100), pictures[0].Size);
        Assert.Empty(pictures[1].Heads);
        Assert.Equal([new HeadPoint(200, -10)], pictures[2].Heads);
    }

    [Fact]
    public void Read_LabelsOfAnotherControl_BelongToTheRegionOfTheSameId()
    {
        string Pair(string id, string label) => $$$"""
            {"id":"{{{id}}}","type":"rectangle","original_width":200,"original_height":100,"value":{"x":0,"y":0,"width":10,"height":30}},
            {"id":"{{{id}}}","type":"labels","original_width":200,"original_height":100,"value":{"x":0,"y":0,"width":10,"height":30,"labels":["{{{label}}}"]}}
            """;
        var reading = new AnnotationReading();
        PictureHeads picture = Assert.Single(LabelStudioFormat.Read(_folder.Write("a.json",
            $$$"""[{"annotations":[{"result":[{{{Pair("a", "person")}}},{{{Pair("b", "Car")}}}]}],"data":{"image":"a.jpg"}}]"""), reading));
        Assert.Equal([new HeadPoint(10, 2)], picture.Heads);
        Assert.Equal(1, reading.LeftOut);
    }

    // docs of Label Studio: a rectangle is turned clockwise about its left upper corner; 100 % are the picture's sides.
    [Theory]
    [InlineData("rectanglelabels", """{"x":50,"y":50,"width":10,"height":20,"rotation":90,"rectanglelabels":["head"]}""", 90, 60)]
    [InlineData("ellipselabels", """{"x":50,"y":50,"radiusX":10,"radiusY":20,"rotation":30,"ellipselabels":["head"]}""", 100, 50)]
    [InlineData("polygonlabels", """{"points":[[10,10],[20,10],[10,30]],"polygonlabels":["head"]}""", 30, 20)]
    public void Read_TurnedShapesAndPolygons(string type, string value, double x, double y)
    {
        HeadPoint head = Assert.Single(Assert.Single(Read(
            $$$"""[{"annotations":[{"result":[{{{Result(value, type)}}}]}],"data":{"image":"a"}}]""")).Heads);
        Assert.Equal((x, y), (Math.Round(head.X, 9), Math.Round(head.Y, 9)));
    }

    // The packed form: size in 32 bits, word size − 1 in 5, four run sizes − 1 in 4 bits each; then a bit for a run, two
    // for its size, its length − 1 and the value.
    [Fact]
    public void Read_Brush_TakesTheBoxAroundThePaint()
    {
        var bits = new System.Text.StringBuilder();
        void Put(int value, int count) => bits.Append(Convert.ToString(value, 2).PadLeft(count, '0'));
        Put(4 * 4 * 2, 32);
        Put(7, 5);
        foreach (int size in (int[])[1, 3, 5, 7])
            Put(size, 4);
        // 4 × 2 pixels of RGBA: nothing but the second and third pixel of the second row.
        foreach ((int length, int value) in new[] { (4 * 5, 0), (8, 255), (4, 0) })
        {
            Put(1, 1);
            Put(3, 2);
            Put(length - 1, 8);
            Put(value, 8);
        }
        byte[] bytes = [.. Enumerable.Range(0, (bits.Length + 7) / 8)
            .Select(i => Convert.ToByte(bits.ToString().PadRight(8 * (i + 1), '0').Substring(8 * i, 8), 2))];
        HeadPoint head = Assert.Single(Assert.Single(Read($$$"""
            [{"annotations":[{"result":[{"type":"brushlabels","original_width":4,"original_height":2,
              "value":{"format":"rle","rle":[{{{string.Join(',', bytes)}}}],"brushlabels":["head"]}}]}],"data":{"image":"a"}}]
            """)).Heads);
        Assert.Equal(new HeadPoint(2, 1.5), head);
    }

    [Fact]
    public void Read_NamesOfPictures()
    {
        string Task(string data) => $$$"""{"annotations":[],"data":{{{data}}}}""";
        var pictures = Read($"[{Task("""{"place":"Entrance north","photo":"s3://bucket/cam/a.jpg"}""")},"
            + $"{Task("""{"image":"s3://bucket/foo/0.jpeg"}""")},{Task("""{"image":"s3://bucket/bar/0.jpeg"}""")}]");
        // Two pictures of one name keep their folders.
        Assert.Equal(["a.jpg", "foo/0.jpeg", "bar/0.jpeg"], pictures.Select(picture => picture.Name));
    }

    [Fact]
    public void Read_TurnedInTheTool_IsRefused() => Assert.Contains("[0].annotations[0].result[0].image_rotation: ",
        Assert.Throws<AnnotationException>(() => Read(
            $$$"""[{"annotations":[{"result":[{{{Result("""{"x":1,"y":1}""", rotation: 90)}}}]}],"data":{"image":"a"}}]"""))
        .Message, StringComparison.Ordinal);

    [Fact]
    public void Read_ValueMissing_NamesTheField() => Assert.StartsWith(
        $"{_folder["a.json"]}, [0].annotations[0].result[0].value: has no 'y'",
        Assert.Throws<AnnotationException>(() => Read(
            $$$"""[{"annotations":[{"result":[{{{Result("""{"x":1}""")}}}]}],"data":{"image":"a"}}]""")).Message,
        StringComparison.Ordinal);
}
