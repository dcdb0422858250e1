using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class CheckCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Write(string rows)
    {
        PictureWriter.Save(new RgbImage(100, 80), _folder["a <b>.png"]);
        _folder.Write("annotations.csv", "image,x,y\n" + rows);
    }

    [Fact]
    public async Task Check_BoxesButNoHeads_IsAFinding()
    {
        PictureWriter.Save(new RgbImage(100, 80), _folder["a.png"]);
        _folder.Write("a.json", """{"shapes":[{"label":"Persona","shape_type":"rectangle","points":[[1,2],[30,40]]}]}""");
        _folder.Write("b.heic", "x");
        CliRun run = await CliRun.RunAsync("check", _folder.Root);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("boxes, but no heads: 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("Persona 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 HEIC", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.RunAsync("check", _folder.Root, "--label", "Persona=person")).ExitCode);
    }

    [Fact]
    public async Task Check_NothingWrong_PrintsWhatThereIs()
    {
        Write("a <b>.png,10,10\na <b>.png,10,13\n");
        CliRun run = await CliRun.RunAsync("check", _folder.Root);
        Assert.Equal(new CliRun(0, """
            formats           HeadCount CSV
            pictures          1
            heads             2
            heads a picture   2 to 2, median 2, mean 2
            without heads     0

            pictures by number of heads
                     2 – 5        1  ████████████████████████████████████████

            heads by distance to the nearest other one in pixels
                     2 – 4        2  ████████████████████████████████████████

            nothing wrong was found

            """, ""), run);
    }

    [Fact]
    public async Task Check_Findings_AreListedAndOnThePage_AndTheExitCodeSaysSo()
    {
        Write("a <b>.png,10,10\na <b>.png,10,10\na <b>.png,200,10\n");
        CliRun run = await CliRun.RunAsync("check", _folder.Root, "--html", _folder["out/r.html"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("""

            heads outside the frame: 1
              a <b>.png: 1 of 3 outside 100×80, such as (200, 10)

            heads at exactly the same position: 1
              a <b>.png: 1 too many, such as (10, 10)

            """, run.Output, StringComparison.Ordinal);
        string page = File.ReadAllText(_folder["out/r.html"]);
        Assert.Contains("<td>a &lt;b&gt;.png</td><td>1 too many", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_MissingFolder_SaysSo() => Assert.Equal(
        new CliRun(1, "", $"headcount: {_folder["x"]}: no such folder{Environment.NewLine}"),
        await CliRun.RunAsync("check", _folder["x"]));
}
