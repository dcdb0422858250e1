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
