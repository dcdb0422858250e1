using System.Text.Json.Nodes;
using HeadCount.Evaluation;
using HeadCount.Tests;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using HeadCount.Training.Storage;
using TorchSharp;
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
    public void Run_CsrNetInterrupted_GoesOnToTheSameResultAndExports()
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 4) with
        {
            Recipe = TrainingOptions.CsrNetVgg16, BatchSize = 1, Validations = 1, LearningRate = 1e-4,
        };
        var whole = new RunFolder(folder["whole"]);
        var said = new List<string>();
        Trainer.Run(whole, options, progress => said.Add(progress.Message ?? ""), CancellationToken.None);
        Assert.Contains(said, line => line.Contains("--front-weights", StringComparison.Ordinal));

        var broken = new RunFolder(folder["broken"]);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Run(broken, options, progress =>
        {
            if (progress is { Step: 2, Message: null })
                stop.Cancel();
        }, stop.Token));
        Trainer.Run(broken, options, Quiet, CancellationToken.None);
        Assert.Equal(Losses(whole, "density"), Losses(broken, "density"));
        Assert.Equal(4, Losses(whole, "density").Count);
        foreach (string file in new[] { "network.safetensors", "average.safetensors", "optimizer.bin" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Path, "checkpoint", file)), File.ReadAllBytes(Path.Combine(broken.Path, "checkpoint", file)));
        Assert.True(new FileInfo(whole.Curves).Length > 1000);

        var export = new ExportOptions { Name = "c", Version = "1", License = "none" };
        (var card, double difference) = Exporter.Export([whole], folder["c.onnx"], export);
        Assert.Equal(card, HeadCount.Inference.ModelCard.Read(folder["c.onnx"]));
        Assert.InRange(difference, 0, Exporter.Tolerance);
        Assert.Contains("--int8", Assert.Throws<ArgumentException>(() => Exporter.Export([whole], folder["c.onnx"], export with { Quantize = true })).Message);
    }

    [Fact]
    public void Export_OfSeveralRuns_TakesTheMeanOfTheirWeights()
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 2) with { Size = "nano", Validations = 1 };
        RunFolder[] runs = [new(folder["one"]), new(folder["two"])];
        Trainer.Run(runs[0], options, Quiet, CancellationToken.None);
        Trainer.Run(runs[1], options with { Seed = 2 }, Quiet, CancellationToken.None);
        using HeadNetwork one = Loaded(runs[..1]), two = Loaded(runs[1..]), both = Loaded(runs);
        foreach ((var a, var b, var mean) in one.State.Zip(two.State, both.State))
            Assert.True(torch.allclose((a.Value + b.Value) / 2, mean.Value), mean.Key);

        (var card, double difference) = Exporter.Export(runs, folder["mean.onnx"], new ExportOptions { Name = "m", Version = "1", License = "none" });
        Assert.InRange(difference, 0, Exporter.Tolerance);
        Assert.StartsWith("mean of the weights of: 2 steps", card.Training, StringComparison.Ordinal);
        Assert.InRange(card.DensityGain, 1 / DensityCalibration.Limit, DensityCalibration.Limit);

        var other = new RunFolder(folder["other"]);
        Trainer.Run(other, options with { Size = "small" }, Quiet, CancellationToken.None);
        Assert.Contains("no mean with", Assert.Throws<InvalidDataException>(() => Exporter.Export([runs[0], other], folder["x.onnx"],
            new ExportOptions { Name = "m", Version = "1", License = "none" })).Message, StringComparison.Ordinal);

        static HeadNetwork Loaded(RunFolder[] runs)
        {
            var network = new HeadNetwork(NetworkSize.Named("nano"));
            Exporter.LoadMean(runs, network);
            return network;
        }
    }

    [Fact]
    public void Options_OfARunWithoutRecipe_AreThoseOfPoints()
    {
        using var folder = new TempFolder();
        var run = new RunFolder(folder.Root);
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 1);
        var config = JsonNode.Parse(options.ToJson())!.AsObject();
        Assert.True(config.Remove("recipe") && config.Remove("csrNet"));
        folder.Write("config.json", config.ToJsonString());
        Assert.True(options.SameAs(run.Options!));
    }

    [Theory]
    [InlineData("--size")]
    [InlineData("--teacher")]
    [InlineData("--sigma")]
    [InlineData("--freeze-front")]
    [InlineData("--recipe")]
    public void Run_OptionOfAnotherRecipe_NamesIt(string option)
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 1);
        options = option switch
        {
            "--size" => options with { Recipe = TrainingOptions.CsrNetVgg16, Size = "large" },
            "--teacher" => options with { Recipe = TrainingOptions.CsrNetVgg16, Teacher = "small.safetensors" },
            "--sigma" => options with { CsrNet = new() { Kernel = new() { Sigma = 3 } } },
            "--freeze-front" => options with { Recipe = TrainingOptions.CsrNetVgg16, CsrNet = new() { FreezeFront = true } },
            _ => options with { Recipe = "other" },
        };
        var error = Assert.Throws<ArgumentException>(() => Trainer.Run(new RunFolder(folder["run"]), options, Quiet, CancellationToken.None));
        Assert.Contains(option, error.Message, StringComparison.Ordinal);
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

    [Fact]
    public void Run_WithATeacher_LearnsOtherwiseAndGoesOnToTheSameResult()
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 4) with { Validations = 1 };
        RunFolder Run(string name, string? teacher, int until = 4)
        {
            var run = new RunFolder(folder[name]);
            using var stop = new CancellationTokenSource();
            try
            {
                Trainer.Run(run, options with { Size = "nano", Teacher = teacher }, progress =>
                {
                    if (progress.Step == until && progress.Step < 4)
                        stop.Cancel();
                }, stop.Token);
            }
            catch (OperationCanceledException)
            {
                return Run(name, teacher);
            }
            return run;
        }
        var small = new RunFolder(folder["small"]);
        Trainer.Run(small, options, Quiet, CancellationToken.None);
        List<double> alone = Losses(Run("alone", null)), taught = Losses(Run("taught", small.BestWeights));
        Assert.Equal(alone[0], taught[0]);
        Assert.NotEqual(alone[^1], taught[^1]);
        Assert.Equal(taught, Losses(Run("broken", small.BestWeights, until: 2)));
    }

    [Fact]
    public void Run_TeacherThatIsNoHeadNetwork_NamesItAndLeavesNoRun()
    {
        using var folder = new TempFolder();
        TrainingOptions options = Discs.Dataset(folder.Root, steps: 1);
        var run = new RunFolder(folder["run"]);
        string weights = folder["other.safetensors"];
        using (var tensor = torch.zeros(3))
            Safetensors.Save(weights, [KeyValuePair.Create("front.weight", tensor)]);
        var error = Assert.Throws<InvalidDataException>(() => Trainer.Run(run, options with { Teacher = weights }, Quiet, CancellationToken.None));
        Assert.Contains(weights, error.Message, StringComparison.Ordinal);
        Assert.Null(run.Options);
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

    private static List<double> Losses(RunFolder folder, string part = "score") =>
        [.. File.ReadLines(folder.Log).Select(l => JsonNode.Parse(l)!).Where(e => e[part] is not null).Select(e => (double)e[part]!)];
}
