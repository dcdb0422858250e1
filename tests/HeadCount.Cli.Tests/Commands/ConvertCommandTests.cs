using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class ConvertCommandTests : IDisposable
{
    private const string Csv = "image,x,y\nimages/a b.jpg,1.5,2.25\nimages/a b.jpg,-3,4\nimages/c.jpg,,\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void WriteDataset()
    {
        Directory.CreateDirectory(_folder["in/images"]);
        PictureWriter.Save(new RgbImage(64, 48), _folder["in/images/a b.jpg"]);
        PictureWriter.Save(new RgbImage(32, 16), _folder["in/images/c.jpg"]);
        _folder.Write("in/annotations.csv", Csv);
    }

    [Theory]
    [InlineData("x.json", "coco")]
    [InlineData("x.xml", "cvat")]
    [InlineData("x.parquet", "parquet")]
    [InlineData("x.json", "labelstudio")]
    public async Task Convert_FolderToFileAndBack(string file, string to)
    {
        WriteDataset();
        string table = _folder["out/" + file], back = _folder["out/back.csv"];
        CliRun run = await CliRun.RunAsync("convert", _folder["in"], table, "--to", to);
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Contains("2 pictures, 2 heads", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliRun.RunAsync("convert", table, back)).ExitCode);
        Assert.Equal(Csv, File.ReadAllText(back));
    }

    [Theory]
    [InlineData("yolo", "in", "in/labels/a b.txt")]
    [InlineData("labelme", "in", "in/images/a b.json")]
    [InlineData("shanghaitech", "in", "in/ground-truth/GT_a b.mat")]
    public async Task Convert_TableIntoFolder_NeedsOnlyThePictures(string to, string output, string expected)
    {
        WriteDataset();
        File.Move(_folder["in/annotations.csv"], _folder["elsewhere.csv"]);
        CliRun run = await CliRun.RunAsync(
            "convert", _folder["elsewhere.csv"], _folder[output], "--to", to, "--pictures", _folder["in"]);
        Assert.Equal(0, run.ExitCode);
        Assert.True(File.Exists(_folder[expected]));
        run = await CliRun.RunAsync("convert", _folder["in"], _folder["back.csv"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Csv, File.ReadAllText(_folder["back.csv"]));
    }

    [Fact]
    public async Task Convert_IgnoredRegionsThatAreLost_AreSaid()
    {
        string visDrone = _folder.Write("9.txt", "10,20,30,60,1,1,0,0\n100,100,50,40,0,0,0,0\n");
        CliRun run = await CliRun.RunAsync("convert", visDrone, _folder["o.geojson"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 ignored regions left out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Convert_Bom_IsWrittenForSpreadsheets_AndReadOver()
    {
        string csv = _folder.Write("in.csv", Csv), marked = _folder["marked.csv"], back = _folder["back.csv"];
        Assert.Equal(0, (await CliRun.RunAsync("convert", csv, marked, "--bom")).ExitCode);
        Assert.Equal([0xEF, 0xBB, 0xBF, (byte)'i'], File.ReadAllBytes(marked)[..4]);
        Assert.Equal(0, (await CliRun.RunAsync("convert", marked, back)).ExitCode);
        Assert.Equal(Csv, File.ReadAllText(back));
        Assert.Equal(2, (await CliRun.RunAsync("convert", csv, _folder["o.geojson"], "--bom")).ExitCode);
    }

    private string WriteLabels(params string[] labels)
    {
        string shapes = string.Join(',', labels.Select((label, i) =>
            $"{{\"label\":\"{label}\",\"shape_type\":\"rectangle\",\"points\":[[{10 * i},0],[{10 * i + 10},30]]}}"));
        return _folder.Write("l.json", $"{{\"imagePath\":\"a.jpg\",\"shapes\":[{shapes}]}}");
    }

    [Fact]
    public async Task Convert_LabelsLeftOut_AreSaidWithTheirCounts()
    {
        CliRun run = await CliRun.RunAsync("convert", WriteLabels("Persona", "car", "car", "pedestrians"), _folder["o.csv"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("neither heads nor persons: 3 (car 2, Persona 1); --label NAME takes", run.Error, StringComparison.Ordinal);
        Assert.Contains("near the top of persons' boxes: 1 (pedestrians 1)", run.Error, StringComparison.Ordinal);
        Assert.Equal("image,x,y\na.jpg,35,2\n", File.ReadAllText(_folder["o.csv"]));
    }

    [Theory]
    [InlineData("Persona", "image,x,y\na.jpg,5,15\n")]
    [InlineData("persona=person", "image,x,y\na.jpg,5,2\n")]
    public async Task Convert_Label_TakesThatOne(string label, string expected)
    {
        CliRun run = await CliRun.RunAsync("convert", WriteLabels("Persona", "head"), _folder["o.csv"], "--label", label);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("(head 1)", run.Error, StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllText(_folder["o.csv"]));
    }

    [Fact]
    public async Task Convert_OnePictureTwice_IsRefused()
    {
        string path = _folder.Write("c.json", """
            {"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"a.jpg"}],"annotations":[]}
            """);
        CliRun run = await CliRun.RunAsync("convert", path, _folder["o.csv"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("lists picture 'a.jpg' twice", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\u0308.jpg", "\u00e4.jpg")]
    [InlineData("\u00e4.jpg", "a\u0308.jpg")]
    public async Task Convert_NamesFromAMac_AreTheSameNames(string file, string listed)
    {
        Directory.CreateDirectory(_folder["m"]);
        PictureWriter.Save(new RgbImage(20, 20), _folder["m/" + file]);
        _folder.Write("m/annotations.csv", $"image,x,y\n{listed},1,2\n");
        CliRun run = await CliRun.RunAsync("convert", _folder["m"], _folder["o.csv"]);
        Assert.Equal((0, $"image,x,y\n{file},1,2\n"), (run.ExitCode, File.ReadAllText(_folder["o.csv"])));
    }

    [Fact]
    public async Task Convert_TextThatIsNotUtf8_NamesTheLine()
    {
        string path = _folder.Write("h.csv", [.. "image,x,y\na.jpg,1,2\nM"u8, 0xFC, .. "ller.jpg,3,4\n"u8]);
        CliRun run = await CliRun.RunAsync("convert", path, _folder["o.csv"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{path}, line 3: no valid UTF-8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("o.csv", "--from", "nothing", "--from nothing: unknown")]
    [InlineData("o.csv", "--to", "mot", "--to mot: unknown")]
    [InlineData("o.csv", "--from", "coco", "is recognised as HeadCount CSV")]
    [InlineData("o.what", "--pictures", "x", "its extension names no format")]
    [InlineData("o.json", "--pictures", "x", "no such picture, and its size is needed")]
    public async Task Convert_WrongCall_SaysSoAndWritesNothing(string output, string option, string value, string reason)
    {
        WriteDataset();
        CliRun run = await CliRun.RunAsync("convert", _folder["in"], _folder[output], option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(reason, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder[output]));
    }

    [Fact]
    public async Task Convert_UnknownFile_NamesTheFormats()
    {
        CliRun run = await CliRun.RunAsync("convert", _folder.Write("a.txt", "hello\n"), _folder["o.csv"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the format is not recognised; name it (shanghaitech", Assert.Single(run.ErrorLines),
            StringComparison.Ordinal);
    }
}
