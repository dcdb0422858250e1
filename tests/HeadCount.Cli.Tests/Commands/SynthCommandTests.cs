using HeadCount.Annotations;
using HeadCount.Cli.Commands;
using HeadCount.Imaging;
using HeadCount.Synthesis;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class SynthCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<CliRun> SynthAsync(string name, params string[] args) =>
        CliRun.RunAsync(["synth", _folder[name], "--width", "96", "--height", "64", "--max-people", "20", .. args]);

    [Fact]
    public async Task Scenes_AreADatasetThatIsRead()
    {
        CliRun run = await SynthAsync("set", "--count", "4", "--seed", "3");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var dataset = Dataset.Load(_folder["set"]);
        Assert.Equal(Enumerable.Range(1, 4).Select(i => $"images/scene_0000{i}.jpg"), dataset.Images.Select(i => i.Name));
        Assert.All(dataset.Images, image =>
        {
            RgbImage picture = Picture.Load(image.ImagePath);
            Assert.Equal((96, 64), (picture.Width, picture.Height));
        });
        Assert.Contains($"{dataset.Images.Sum(i => i.Heads.Count)} heads", run.Output, StringComparison.Ordinal);
        Assert.Equal(["annotations.csv", "images"], Directory.EnumerateFileSystemEntries(_folder["set"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task SameSeed_GivesTheSameFilesWhateverTheThreads()
    {
        await SynthAsync("a", "--count", "3", "--threads", "1");
        await SynthAsync("b", "--count", "3", "--threads", "3");
        foreach (string file in new[] { "annotations.csv", "images/scene_00001.jpg", "images/scene_00003.jpg" })
            Assert.Equal(File.ReadAllBytes(_folder["a/" + file]), File.ReadAllBytes(_folder["b/" + file]));
    }

    [Fact]
    public async Task InterruptedCall_GoesOnToTheSameResult()
    {
        await SynthAsync("whole", "--count", "3");
        // As a killed call leaves it: two scenes of another count, noted; the note of a third cut short.
        await SynthAsync("broken", "--count", "2");
        var heads = Dataset.Load(_folder["broken"]).Images[1].Heads;
        File.Delete(_folder["broken/annotations.csv"]);
        var options = new SceneOptions { Width = 96, Height = 64, MaxPeople = 20, Seed = 1 };
        using (var journal = new Journal<SynthCommand.RenderedScene>(
            _folder["broken"], options.ToString(), SynthCommand.SceneLines.Default.RenderedScene))
            journal.Add(new SynthCommand.RenderedScene(2, [.. heads.Select(h => new[] { h.X, h.Y })]));
        File.AppendAllText(_folder["broken/.headcount-unfinished.jsonl"], "{\"Number\":1,\"He");
        CliRun run = await SynthAsync("broken", "--count", "3");
        Assert.Contains("2 of 3 scenes left", run.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_folder["whole/annotations.csv"]), File.ReadAllText(_folder["broken/annotations.csv"]));
    }

    [Fact]
    public async Task FolderThatHoldsADataset_IsLeftAlone()
    {
        await SynthAsync("set", "--count", "1");
        CliRun run = await SynthAsync("set", "--count", "2");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("choose another folder", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--count", "0")]
    [InlineData("--width", "10")]
    [InlineData("--min-people", "30")]
    public async Task OptionOutOfRange_IsAWrongCall(string option, string value)
    {
        CliRun run = await SynthAsync("set", option, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }
}
