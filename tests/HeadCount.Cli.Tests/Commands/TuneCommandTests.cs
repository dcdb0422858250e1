using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class TuneCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Dots 7 apart, all annotated, among fainter ones that are not: the stored threshold lets those in, and a
    /// stored radius of 8 drops neighbours.</summary>
    public TuneCommandTests()
    {
        DotModel.Build().Save(_folder["dots.onnx"],
            (DotModel.Card with { Threshold = .1, SuppressionRadius = 8 }).ToMetadata());
        Directory.CreateDirectory(_folder["set"]);
        RgbImage bright = DotModel.Draw(120, 90, [(20, 20), (27, 20), (60, 60), (67, 60)]);
        RgbImage faint = DotModel.Draw(120, 90, [(90, 20), (20, 60), (100, 70), (40, 40)]);
        for (int i = 0; i < bright.Pixels.Length; i++)
            bright.Pixels[i] += (byte)(faint.Pixels[i] / 2);
        PictureWriter.Save(bright, _folder["set/a.png"]);
        _folder.Write("set/annotations.csv",
            "image,x,y\na.png,20.5,20.5\na.png,27.5,20.5\na.png,60.5,60.5\na.png,67.5,60.5\n");
    }

    public void Dispose() => _folder.Dispose();

    private Task<CliRun> TuneAsync(params string[] args) =>
        CliRun.RunAsync(["tune", _folder["set"], .. args, "--model", _folder["dots.onnx"]]);

    [Fact]
    public async Task Copy_HoldsTheChoiceAndTheModelStays()
    {
        byte[] before = File.ReadAllBytes(_folder["dots.onnx"]);
        CliRun run = await TuneAsync("-o", _folder["out/tuned.onnx"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"stored in {_folder["out/tuned.onnx"]}", run.ErrorLines[^1], StringComparison.Ordinal);
        ModelCard card = ModelCard.Read(_folder["out/tuned.onnx"]);
        Assert.InRange(card.Threshold, .25, .9);
        Assert.InRange(card.SuppressionRadius, 2, 6);
        Assert.Equal(DotModel.Card.Training, card.Training);
        // Four heads, and four half as bright.
        Assert.Equal(.667, card.DensityGain, 2);
        Assert.Matches(@"stored: 1\s+[12]\.\d\d", run.Output);
        Assert.Equal(before, File.ReadAllBytes(_folder["dots.onnx"]));
        Assert.Equal(["tuned.onnx"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName));

        CliRun evaluated = await CliRun.RunAsync("evaluate", _folder["set"], "--model", _folder["out/tuned.onnx"]);
        Assert.Matches(@"4 px\s+4\s+0\s+0\s+1\.0000\s+1\.0000\s+1\.0000", evaluated.Output);
    }

    [Fact]
    public async Task Save_WritesTheModelItself()
    {
        CliRun run = await TuneAsync("--save");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"stored in {_folder["dots.onnx"]}", run.ErrorLines[^1], StringComparison.Ordinal);
        ModelCard card = ModelCard.Read(_folder["dots.onnx"]);
        Assert.InRange(card.Threshold, .25, .9);
        Assert.Contains(FormattableString.Invariant($"chosen: {card.Threshold}, {card.SuppressionRadius} px"),
            run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HowSureTheChoiceIs_IsSaid()
    {
        CliRun run = await TuneAsync();
        // One picture alone: every draw is the same.
        Assert.Matches(@"mean F1 \+0\.\d{4} against the stored values, 95 % interval .* on 1 pictures with 4 heads", run.ErrorLines[0]);
    }

    [Fact]
    public async Task PicturesWithoutHeads_AreNothingToChooseBy()
    {
        _folder.Write("set/annotations.csv", "image,x,y\na.png,,\n");
        CliRun run = await TuneAsync("-o", _folder["b.onnx"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("no heads in these pictures", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["b.onnx"]));
    }

    [Fact]
    public async Task EqualThresholds_LeaveTheStoredOne()
    {
        // Bright dots alone are found at any threshold from the middle to the top.
        using var folder = new TempFolder();
        DotModel.Build().Save(folder["dots.onnx"], (DotModel.Card with { Threshold = .625 }).ToMetadata());
        PictureWriter.Save(DotModel.Draw(120, 90, [(20, 20), (60, 60)]), folder["a.png"]);
        folder.Write("annotations.csv", "image,x,y\na.png,20.5,20.5\na.png,60.5,60.5\n");
        CliRun run = await CliRun.RunAsync("tune", folder.Root, "--model", folder["dots.onnx"]);
        Assert.Contains("chosen: 0.625, ", run.Output, StringComparison.Ordinal);
        Assert.Contains("the chosen values score as the stored ones do", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutBoth_NothingIsStored()
    {
        byte[] before = File.ReadAllBytes(_folder["dots.onnx"]);
        CliRun run = await TuneAsync();
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("nothing is stored", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder["dots.onnx"]));
    }

    [Fact]
    public async Task Both_AreRefused()
    {
        CliRun run = await TuneAsync("--save", "-o", _folder["b.onnx"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("exclude each other", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingReadable_StoresNothing()
    {
        File.WriteAllText(_folder["set/a.png"], "no picture");
        CliRun run = await TuneAsync("-o", _folder["b.onnx"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("a.png", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["b.onnx"]));
    }
}
