using HeadCount.Inference;
using HeadCount.Imaging;
using HeadCount.Tests;
using HeadCount.Training.Export;
using HeadCount.Training.Networks;
using TorchSharp;
using Xunit;

namespace HeadCount.Training.Tests;

public class FineTuningTests
{
    [Fact]
    public void Run_HoldsPicturesBack_TellsTheCard_AndRefusesToGoOnWithOtherAnnotations()
    {
        using var folder = new TempFolder();
        string model = folder["start.onnx"], data = folder["data"];
        var card = new ModelCard
        {
            Name = "start", Version = "3", License = "none", Training = "none", Stride = HeadTopology.ScoreStride,
            Threshold = 0.5, SuppressionRadius = 4, Margin = 64,
        };
        torch.random.manual_seed(1);
        using (var network = new HeadNetwork(NetworkSize.Nano))
            OnnxExport.Save(network, card, model);
        Directory.CreateDirectory(data);
        List<string> rows = ["image,x,y"];
        for (int i = 0; i < 6; i++)
        {
            (RgbImage image, var heads) = Discs.Render(i, 128, 3);
            PictureWriter.Save(image, Path.Combine(data, $"{i}.png"));
            rows.AddRange(heads.Select(h => FormattableString.Invariant($"{i}.png,{h.X},{h.Y}")));
        }
        string table = Path.Combine(data, "annotations.csv");
        File.WriteAllLines(table, rows);
        var run = new RunFolder(folder["run"]);
        var options = new FineTuningOptions { Dataset = data, Model = model, Steps = 2, BatchSize = 2, Threads = 1 };
        FineTuningResult Run(FineTuningOptions with) => FineTuning.Run(run, with, _ => { }, CancellationToken.None);

        FineTuningResult result = Run(options);
        Assert.Equal((5, 1), (result.Pictures, result.HeldBack));
        ModelCard tuned = ModelCard.Read(result.Model);
        Assert.Equal("start-finetuned", tuned.Name);
        Assert.Contains("2 steps of 2 crops on 5 pictures", tuned.Training, StringComparison.Ordinal);
        Assert.Contains("from start 3", tuned.Training, StringComparison.Ordinal);
        Assert.Equal(result, Run(options));

        Assert.Contains("other options", Assert.Throws<ArgumentException>(() => Run(options with { Steps = 3 })).Message, StringComparison.Ordinal);
        File.AppendAllText(table, "3.png,5,5\n");
        Assert.Contains("other annotations", Assert.Throws<ArgumentException>(() => Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfTooFewPictures_SaysHowManyItNeeds()
    {
        using var folder = new TempFolder();
        string model = folder["start.onnx"];
        using (var network = new HeadNetwork(NetworkSize.Nano))
        {
            OnnxExport.Save(network, new ModelCard
            {
                Name = "start", Version = "3", License = "none", Training = "none", Stride = 2, Threshold = 0.5, SuppressionRadius = 4, Margin = 64,
            }, model);
        }
        Discs.Dataset(folder.Root, steps: 1);
        var error = Assert.Throws<ArgumentException>(() => FineTuning.Run(new RunFolder(folder["run"]),
            new FineTuningOptions { Dataset = folder.Root, Model = model }, _ => { }, CancellationToken.None));
        Assert.Contains("3 annotated pictures; fine-tuning needs at least 5", error.Message, StringComparison.Ordinal);
    }
}
