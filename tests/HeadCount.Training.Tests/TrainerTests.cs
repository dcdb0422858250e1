using System.Text.Json.Nodes;
using HeadCount.Tests;
using HeadCount.Training.Losses;
using Xunit;

namespace HeadCount.Training.Tests;

public class TrainerTests
{
    private static readonly Action<TrainingProgress> Quiet = _ => { };

    [Theory]
    [InlineData(ScoreLossKind.P2R)]
    [InlineData(ScoreLossKind.Focal)]
    public void Run_Interrupted_GoesOnToTheSameResult(ScoreLossKind loss)
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 8) with { Loss = loss };
        var whole = new RunFolder(folder["whole"]);
        Trainer.Run(whole, options, Quiet, CancellationToken.None);

        var broken = new RunFolder(folder["broken"]);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Run(broken, options, progress =>
        {
            if (progress is { Step: 5, Message: null })
                stop.Cancel();
        }, stop.Token));
        Trainer.Run(broken, options, Quiet, CancellationToken.None);

        Assert.Equal(Losses(whole), Losses(broken));
        Assert.Equal(8, Losses(whole).Count);
        foreach (string file in new[] { "network.safetensors", "average.safetensors", "optimizer.bin" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Path, "checkpoint", file)), File.ReadAllBytes(Path.Combine(broken.Path, "checkpoint", file)));
        Assert.Equal(File.ReadAllBytes(whole.BestWeights), File.ReadAllBytes(broken.BestWeights));
        Assert.True(new FileInfo(whole.Curves).Length > 1000);
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameLossesAndAnotherSeedOthers()
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 4) with { Validations = 1 };
        RunFolder Run(string name, int seed)
        {
            var run = new RunFolder(folder[name]);
            Trainer.Run(run, options with { Seed = seed }, Quiet, CancellationToken.None);
            return run;
        }
        var first = Losses(Run("a", 1));
        Assert.Equal(first, Losses(Run("b", 1)));
        Assert.NotEqual(first, Losses(Run("c", 2)));
    }

    [Fact]
    public void Run_Discs_LossFalls()
    {
        using var folder = new TempFolder();
        var run = new RunFolder(folder["run"]);
        Trainer.Run(run, Discs.Dataset(folder.Root, steps: 80) with { Validations = 1, LearningRate = 5e-3 }, Quiet, CancellationToken.None);
        var losses = Losses(run);
        Assert.True(losses[^1] < losses[0] * 0.7, $"from {losses[0]} to {losses[^1]}");
    }

    [Theory]
    [InlineData("crop")]
    [InlineData("steps")]
    [InlineData("train")]
    public void Run_OptionOutOfRange_NamesIt(string option)
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 1);
        options = option switch
        {
            "crop" => options with { CropSize = 100 },
            "steps" => options with { Steps = 0 },
            _ => options with { Train = [] },
        };
        var error = Assert.Throws<ArgumentException>(() => Trainer.Run(new RunFolder(folder["run"]), options, Quiet, CancellationToken.None));
        Assert.Contains("--" + option, error.Message, StringComparison.Ordinal);
    }

    private static List<double> Losses(RunFolder folder) =>
        [.. File.ReadLines(folder.Log).Select(l => JsonNode.Parse(l)!).Where(e => e["score"] is not null).Select(e => (double)e["score"]!)];
}
