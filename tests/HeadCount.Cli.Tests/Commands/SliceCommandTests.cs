using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class SliceCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<(int X, int Y)> _dots = DotModel.Scatter(200, 150, 20, 3);

    /// <summary>A picture of dots and an empty one, in folders of their own.</summary>
    public SliceCommandTests()
    {
        DotModel.Save(_folder["dots.onnx"]);
        Directory.CreateDirectory(_folder["set/a"]);
        Directory.CreateDirectory(_folder["set/b"]);
        PictureWriter.Save(DotModel.Draw(200, 150, _dots), _folder["set/a/1.png"]);
        PictureWriter.Save(new RgbImage(90, 80), _folder["set/b/1.jpg"]);
        HeadCsvFile.Write(_folder["set/annotations.csv"],
            [new("a/1.png", [.. _dots.Select(dot => new HeadPoint(dot.X + .5, dot.Y + .5))]), new("b/1.jpg", [])]);
    }

    public void Dispose() => _folder.Dispose();

    private Task<CliRun> SliceAsync(params string[] options) => CliRun.RunAsync(
        ["slice", _folder["set"], _folder["out"], "--tile", "64", "--overlap", "32", .. options]);

    [Theory]
    [InlineData("csv", "out/annotations.csv")]
    [InlineData("coco", "out/annotations.json")]
    [InlineData("yolo", "out/labels/a_1_0_0.txt")]
    public async Task Slices_AreADatasetOfTheirOwn_AndMergeBack(string to, string annotation)
    {
        CliRun run = await SliceAsync("--to", to);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.True(File.Exists(_folder[annotation]));
        Assert.True(File.Exists(_folder["out/images/b_1_26_16.jpg"]));

        run = await CliRun.RunAsync("count", _folder["out/images"], "-o", _folder["found"], "--model", _folder["dots.onnx"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(0, (await CliRun.RunAsync("convert", _folder["out"], _folder["truth.csv"])).ExitCode);
        foreach (string heads in (string[])["found/heads.csv", "truth.csv"])
        {
            run = await CliRun.RunAsync("merge", _folder["out/slices.csv"], _folder[heads], "-o", _folder["merged.csv"]);
            Assert.Equal(0, run.ExitCode);
            IReadOnlyList<PictureHeads> merged = HeadCsvFile.Read(_folder["merged.csv"]);
            Assert.Equal(["a/1.png", "b/1.jpg"], merged.Select(picture => picture.Name));
            Assert.Equal(_dots.Count, merged[0].Heads.Count);
            Assert.All(_dots, dot => Assert.Contains(merged[0].Heads, head =>
                Math.Abs(head.X - dot.X - .5) < .02 && Math.Abs(head.Y - dot.Y - .5) < .02));
            Assert.Empty(merged[1].Heads);
        }
    }

    [Fact]
    public async Task Options_ChooseSlicesAndPictures()
    {
        string list = _folder.Write("lists/l.txt", "a/1.png\n");
        Assert.Equal(0, (await SliceAsync("--split", list, "--drop-empty", "--pictures", "jpg")).ExitCode);
        string[] slices = Directory.GetFiles(_folder["out/images"]);
        Assert.All(slices, slice => Assert.Matches("[/\\\\]1_[0-9]+_[0-9]+[.]jpg$", slice));
        IReadOnlyList<PictureHeads> heads = HeadCsvFile.Read(_folder["out/annotations.csv"]);
        Assert.Equal(slices.Length, heads.Count);
        Assert.All(heads, slice => Assert.NotEmpty(slice.Heads));
    }

    [Fact]
    public async Task DamagedPicture_IsNamed_AndTheOthersAreDone()
    {
        _folder.Write("set/b/1.jpg", "no picture");
        CliRun run = await SliceAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1.jpg: not a picture", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.All(Slicing.SliceIndex.Read(_folder["out/slices.csv"]), slice => Assert.Equal("a/1.png", slice.Image));
    }

    [Fact]
    public async Task WrongCalls_SaySo()
    {
        CliRun run = await CliRun.RunAsync("slice", _folder["set"], _folder["out"], "--tile", "64", "--overlap", "64");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("must be less than --tile", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, (await SliceAsync()).ExitCode);
        run = await SliceAsync();
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("already holds slices.csv", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
