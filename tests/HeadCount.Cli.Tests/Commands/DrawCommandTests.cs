using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class DrawCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DrawCommandTests()
    {
        foreach (string name in (string[])["in/a/1.png", "in/b/1.png", "in/b/2.png"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            var image = new RgbImage(200, 160);
            Array.Fill(image.Pixels, (byte)128);
            PictureWriter.Save(image, _folder[name]);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Heads(string content, string name = "csv/heads.csv") => _folder.Write(name, "image,x,y\n" + content);

    private Task<CliRun> DrawAsync(params string[] args) => CliRun.RunAsync(["draw", .. args, "-o", _folder["out"]]);

    private int Colored(string name, Func<byte, byte, byte, bool> color) => Picture.Load(_folder[name]).Pixels.Chunk(3)
        .Count(pixel => color(pixel[0], pixel[1], pixel[2]));

    private static bool Yellow(byte r, byte g, byte b) => r > 180 && g > 150 && b < 110;

    private static bool Blue(byte r, byte g, byte b) => b > 170 && r < 130;

    private static bool Orange(byte r, byte g, byte b) => r > 200 && g < 150 && b < 100;

    private string[] Drawn() => [.. Directory.GetFiles(_folder["out"], "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder["out"], file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Heads_AreDrawnOnTheirPictures()
    {
        string heads = Heads("a/1.png,100,100\na/1.png,150,120\nb/1.png,100,100\nb/2.png,,\n");
        CliRun run = await DrawAsync(_folder["in"], "--heads", heads, "--heatmap");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(["heatmaps/a/1.jpg", "heatmaps/b/1.jpg", "heatmaps/b/2.jpg",
            "overlays/a/1.jpg", "overlays/b/1.jpg", "overlays/b/2.jpg"], Drawn());
        int two = Colored("out/overlays/a/1.jpg", Yellow), one = Colored("out/overlays/b/1.jpg", Yellow);
        Assert.True(one > 5 && two > 1.5 * one, $"{one} {two}");
        Assert.Equal(0, Colored("out/overlays/b/2.jpg", Yellow));
    }

    [Fact]
    public async Task Truth_GivesAComparison()
    {
        string heads = Heads("1.png,100,100\n1.png,40,120\n");
        string truth = Heads("1.png,103,104\n1.png,150,120\n", "csv/truth.csv");
        CliRun run = await DrawAsync(_folder["in/a/1.png"], "--heads", heads, "--truth", truth, "--radius", "5");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["comparisons/1.jpg"], Drawn());
        int hits = Colored("out/comparisons/1.jpg", Blue), misses = Colored("out/comparisons/1.jpg", Orange);
        await DrawAsync(_folder["in/a/1.png"], "--heads", heads, "--truth", truth, "--radius", "4.9");
        // The hit has become a false alarm and a miss; the badge keeps its blue symbol.
        Assert.True(Colored("out/comparisons/1.jpg", Blue) < hits);
        Assert.True(Colored("out/comparisons/1.jpg", Orange) > misses);
    }

    [Theory]
    // By path from the table's folder, which wins over the end of a path.
    [InlineData("../in/a/1.png,100,100\n1.png,,", "in/a/1.png", null)]
    [InlineData("./b/1.png,100,100\n../a/1.png,,", "in/b/1.png", null)]
    // What goes wrong.
    [InlineData("c/1.png,100,100", "in/a/1.png", "not in {heads}; its rows must name")]
    [InlineData("11.png,100,100", "in/a/1.png", "not in {heads}; its rows must name")]
    [InlineData("1.png,100,100\n./1.png,1,1", "in/a/1.png", "could be '1.png' or './1.png' in {heads}; name")]
    [InlineData("1.png,1,1\nb/1.png,100,100", "in/b/1.png", "could be '1.png' or 'b/1.png' in {heads}; name")]
    [InlineData("../in/a/1.png,1,1\n../in/b/../a/1.png,1,1", "in/a/1.png", "could be '../in/a/1.png' or '../in/b/")]
    public async Task Names_MeanOnePictureOrNone(string rows, string picture, string? problem)
    {
        string heads = Heads(rows.Replace("\\n", "\n") + "\n");
        CliRun run = await DrawAsync(_folder[picture], "--heads", heads);
        if (problem is null)
        {
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.True(Colored("out/overlays/1.jpg", Yellow) > 5);
        }
        else
        {
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith($"headcount: {_folder[picture]}: {problem.Replace("{heads}", heads)}",
                Assert.Single(run.ErrorLines));
        }
    }

    [Fact]
    public async Task ANameForSeveralPictures_IsRefused_AndTheOthersAreDrawn()
    {
        CliRun run = await DrawAsync(_folder["in"], "--heads", Heads("1.png,100,100\n2.png,100,100\n"));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["overlays/b/2.jpg"], Drawn());
        Assert.Equal(3, run.ErrorLines.Length);
        Assert.Contains($"{_folder["in/a/1.png"]}: '1.png' in ", run.ErrorLines[1]);
        Assert.Contains($"could be this picture or {_folder["in/b/1.png"]}; name", run.ErrorLines[1]);
    }

    [Fact]
    public async Task WhatCountWrote_CanBeDrawn()
    {
        DotModel.Save(_folder["dots.onnx"]);
        await CliRun.RunAsync("count", _folder["in"], "-o", _folder["out"], "--model", _folder["dots.onnx"]);
        CliRun run = await DrawAsync(_folder["in"], "--heads", _folder["out/heads.csv"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(3, Directory.GetFiles(_folder["out/overlays"], "*.jpg", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task BadInput_IsNamedInOneLine()
    {
        string heads = Heads("b/1.png,100,100\nb/3.png,1,1\n");
        _folder.Write("in/b/3.png", "no picture");
        _folder.Write("file", "");
        string broken = _folder.Write("broken.csv", "image,x,y\n1.png,ten,1\n");
        foreach ((string[] args, int exitCode, string message) in ((string[], int, string)[])
        [
            ([_folder["in/b/1.png"], "--heads", _folder["nosuch.csv"]], 1, $"{_folder["nosuch.csv"]}: "),
            ([_folder["in/b/1.png"], "--heads", broken], 1, $"{broken}, line 2 has x 'ten', which is no number"),
            ([_folder["in/b/1.png"], "--heads", heads, "--truth", broken], 1, $"{broken}, line 2 has x 'ten'"),
            ([_folder["nosuch.png"], "--heads", heads], 1, $"{_folder["nosuch.png"]}: no such file or folder"),
            ([_folder["in/b/3.png"], "--heads", heads], 1, $"{_folder["in/b/3.png"]}: not a picture"),
            ([_folder["in/b/1.png"], "--heads", heads, "--max-pixels", "31999"], 1,
                $"{_folder["in/b/1.png"]}: 200×160 pixels, beyond the limit"),
            ([_folder["in/b/1.png"], "--heads", heads, "--radius", "-1"], 2, "--radius -1 is out of range"),
            ([_folder["in/b/1.png"]], 2, "Option '--heads' is required"),
        ])
        {
            CliRun run = await DrawAsync(args);
            Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
            Assert.StartsWith($"headcount: {message}", run.ErrorLines[0]);
            Assert.DoesNotContain("   at ", run.Error);
        }

        CliRun unwritable = await CliRun.RunAsync(
            "draw", _folder["in/b/1.png"], "--heads", heads, "-o", _folder["file"]);
        Assert.Equal(2, unwritable.ExitCode);
        Assert.StartsWith($"headcount: -o {_folder["file"]}: cannot be written", Assert.Single(unwritable.ErrorLines));
    }
}
