using System.Text.Json;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

/// <summary>Models of density alone and of other programs, in every command that runs a model.</summary>
[Collection(CliRun.ConsoleCollection)]
public sealed class AdapterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Three dots, of which the last stands in an ignored region.</summary>
    public AdapterTests()
    {
        DotModel.Save(_folder["dots.onnx"]);
        DotModel.SaveDensity(_folder["density.onnx"]);
        Directory.CreateDirectory(_folder["set"]);
        PictureWriter.Save(DotModel.Draw(128, 96, [(20, 21), (61, 37), (93, 69)]), _folder["set/p.png"]);
        _folder.Write("set/p.json", """
            {"imagePath": "p.png", "imageWidth": 128, "imageHeight": 96, "shapes": [
            {"label": "head", "shape_type": "point", "points": [[20.5, 21.5]]},
            {"label": "head", "shape_type": "point", "points": [[61.5, 37.5]]},
            {"label": "ignore", "shape_type": "rectangle", "points": [[80, 60], [110, 90]]}]}
            """);
    }

    public void Dispose() => _folder.Dispose();

    private Task<CliRun> CountAsync(params string[] options) => CliRun.RunAsync(["count", _folder["set/p.png"], .. options]);

    [Fact]
    public async Task ModelOfDensityAlone_CountsLikeAnyOther()
    {
        CliRun run = await CountAsync("--model", _folder["density.onnx"], "-o", _folder["out"], "--heatmap", "--overlay");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith(",128,96,3,3\n", File.ReadAllText(_folder["out/counts.csv"]), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["out/heatmaps/p.jpg"]));
    }

    [Theory]
    [InlineData(ModelAdapter.Density)]
    [InlineData(ModelAdapter.HeatMap)]
    [InlineData(ModelAdapter.Points)]
    public async Task ModelOfAnotherProgram_IsCountedAndScored(ModelAdapter adapter)
    {
        ForeignModel.Save(_folder["net.onnx"], adapter);
        string[] model = ["--model", _folder["net.onnx"], "--adapter", adapter.ToString().ToLowerInvariant()];
        CliRun run = await CountAsync([.. model, "--format", "json"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(3, JsonDocument.Parse(run.Output).RootElement[0].GetProperty("count").GetInt32());
        run = await CliRun.RunAsync(["evaluate", _folder["set"], "--json", _folder["s.json"], "--report", _folder["report"], .. model]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement scores = JsonDocument.Parse(File.ReadAllText(_folder["s.json"])).RootElement;
        Assert.Equal((2, 0), (scores.GetProperty("detections").GetInt32(), scores.GetProperty("mae").GetDouble()));
        string page = File.ReadAllText(_folder["report/index.html"]);
        Assert.Equal(adapter != ModelAdapter.Density, page.Contains("Over the threshold", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DensityOfAnEvaluation_LeavesOutIgnoredRegions()
    {
        CliRun run = await CliRun.RunAsync("evaluate", _folder["set"], "--report", _folder["report"], "--model", _folder["dots.onnx"]);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("p.png,2,2,2,", File.ReadAllLines(_folder["report/pictures.csv"])[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tune_FindsAThreshold_AndSaysHowToUseIt()
    {
        ForeignModel.SaveHeatMap(_folder["net.onnx"]);
        string[] call = ["tune", _folder["set"], "--model", _folder["net.onnx"], "--adapter", "heatmap"];
        CliRun run = await CliRun.RunAsync(call);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("with --threshold", run.ErrorLines[^1], StringComparison.Ordinal);
        run = await CliRun.RunAsync([.. call, "--save"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no card", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        run = await CliRun.RunAsync("tune", _folder["set"], "--model", _folder["density.onnx"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no threshold to tune", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongCalls_SayWhatToDo()
    {
        ForeignModel.SaveDensity(_folder["net.onnx"]);
        CliRun run = await CountAsync("--model", _folder["net.onnx"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--adapter density, heatmap or points", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        run = await CountAsync("--model", _folder["density.onnx"], "--threshold", ".4");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("leave the threshold out", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        run = await CountAsync("--model", _folder["density.onnx"], "--quality", "best");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("leave the quality out", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
