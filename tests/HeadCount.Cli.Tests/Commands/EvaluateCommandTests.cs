using System.Text.Json;
using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Pictures a (3 dots, all annotated), b (2 dots, one annotated 6 px off, one not) and c (1 dot, not there).</summary>
    public EvaluateCommandTests()
    {
        DotModel.Save(_folder["dots.onnx"]);
        Directory.CreateDirectory(_folder["set"]);
        Dots("a.png", (20, 20), (60, 30), (100, 70));
        Dots("b.png", (40, 40), (80, 60));
        Dots("c.png", (50, 50));
        _folder.Write("set/annotations.csv",
            "image,x,y\na.png,20.5,20.5\na.png,60.5,30.5\na.png,100.5,70.5\nb.png,46.5,40.5\nc.png,,\n");
    }

    public void Dispose() => _folder.Dispose();

    private void Dots(string name, params List<(int X, int Y)> dots) =>
        PictureWriter.Save(DotModel.Draw(120, 90, dots), _folder["set/" + name]);

    private Task<CliRun> EvaluateAsync(params string[] args) =>
        CliRun.RunAsync(["evaluate", .. args, "--model", _folder["dots.onnx"]]);

    [Fact]
    public async Task Dataset_IsScoredAtEachRadius()
    {
        CliRun run = await EvaluateAsync(_folder["set"], "--json", _folder["scores.json"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder["scores.json"]));
        JsonElement scores = json.RootElement;
        Assert.Equal((3, 4, 6), (scores.GetProperty("images").GetInt32(), scores.GetProperty("heads").GetInt32(),
            scores.GetProperty("detections").GetInt32()));
        Assert.Equal("dots 1.0.0, balanced", scores.GetProperty("model").GetString());
        // Counts off by 0, 1 and 1.
        Assert.Equal(2 / 3.0, scores.GetProperty("mae").GetDouble(), 1e-9);
        Assert.Equal(4, scores.GetProperty("game").GetArrayLength());
        Assert.Equal([(4.0, 3), (8.0, 4)], scores.GetProperty("localization").EnumerateArray()
            .Select(r => (r.GetProperty("radius").GetDouble(), r.GetProperty("truePositives").GetInt32())));
        Assert.Contains("0.8000", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Split_LeavesOutTheOthers()
    {
        string list = _folder.Write("lists/some.txt", "c.png\n");
        CliRun run = await EvaluateAsync(_folder["set"], "--split", list, "--json", _folder["scores.json"]);
        Assert.Equal(0, run.ExitCode);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder["scores.json"]));
        Assert.Equal((1, 0, 1), (json.RootElement.GetProperty("images").GetInt32(), json.RootElement.GetProperty("heads").GetInt32(),
            json.RootElement.GetProperty("detections").GetInt32()));
    }

    [Fact]
    public async Task BrokenPicture_IsListedAndTheOthersAreScored()
    {
        File.WriteAllText(_folder["set/b.png"], "no picture");
        CliRun run = await EvaluateAsync(_folder["set"], "--json", _folder["scores.json"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("b.png", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder["scores.json"]));
        Assert.Equal(2, json.RootElement.GetProperty("images").GetInt32());
    }

    [Fact]
    public async Task UnreadableAnnotation_NamesFileAndLine()
    {
        _folder.Write("set/annotations.csv", "image,x,y\na.png,20.5,20.5\na.png,left,30\n");
        CliRun run = await EvaluateAsync(_folder["set"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches("annotations.csv.*3", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task FolderWithoutAnnotations_SaysSo()
    {
        File.Delete(_folder["set/annotations.csv"]);
        CliRun run = await EvaluateAsync(_folder["set"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no annotation", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_LeavesTheScoresAsTheyAre()
    {
        CliRun plain = await EvaluateAsync(_folder["set"]);
        CliRun run = await EvaluateAsync(_folder["set"], "--report", _folder["a/report"]);
        Assert.Equal((0, plain.Output, ""), (run.ExitCode, run.Output, run.Error));
        string page = File.ReadAllText(_folder["a/report/index.html"]);
        Assert.Contains("<h1>dots 1.0.0, balanced on set</h1>", page, StringComparison.Ordinal);
        Assert.Equal(["image,truth,predicted,density,tp@4,fp@4,fn@4,tp@8,fp@8,fn@8,tp@16,fp@16,fn@16",
            "a.png,3,3,", "b.png,1,2,", "c.png,0,1,"],
            File.ReadLines(_folder["a/report/pictures.csv"]).Select((line, i) => i == 0 ? line : line[..10]));
    }

    [Fact]
    public async Task Report_WhereAFileIsInTheWay_IsRefusedBeforeCounting()
    {
        CliRun run = await EvaluateAsync(_folder["set"], "--report", _folder["set/a.png"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("a.png", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
