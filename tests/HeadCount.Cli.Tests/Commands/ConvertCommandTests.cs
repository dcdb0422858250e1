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

    [Theory]
    [InlineData("o.csv", "--from", "nothing", "--from nothing: unknown")]
    [InlineData("o.csv", "--from", "geojson", "--from geojson: unknown")]
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
