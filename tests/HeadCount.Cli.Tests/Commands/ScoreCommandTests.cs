using System.Text.Json;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class ScoreCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string name, string content) => _folder.Write(name, content);

    /// <summary>
    /// Picture 1: heads at (10, 10) with σs 2, σl 5 and (50, 50) with σs 3, σl 6; detections 5 and 3 pixels off and one
    /// far away. Picture 2: nobody, one detection. Picture 3: one head, nothing detected.
    /// </summary>
    private (string Truth, string Predictions) WriteNwpu() =>
        (Write("truth.txt", "1 2 10 10 2 5 1 50 50 3 6 2\n2 0\n3 1 7 7 1 1 0\n"),
            Write("predictions.txt", "1 3 14 13 50 53 90 90\n2 1 5 5\n3 0\n"));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Results_OfADetector_BelongToTheImagesOfTheirNumbers()
    {
        string truth = Write("t.json", """
            {"images":[{"id":42,"file_name":"b/a.jpg"}],"annotations":[{"image_id":42,"bbox":[0,0,10,10]}]}
            """);
        string results = Write("r.json", """[{"image_id":42,"category_id":1,"bbox":[1,0,10,10],"score":0.9}]""");
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", results, "--radius", "4");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"4 px\s+1\s+0\s+0\s+1\.0000", run.Output);
    }

    [Fact]
    public async Task Score_NwpuText_PrintsBothSigmasPlainly()
    {
        var (truth, predictions) = WriteNwpu();
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", predictions);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.DoesNotContain('\u001b', run.Output);
        string[] lines = Lines(run.Output);
        // MAE 3/3, NAE (1/2 + 1/1)/2 without the empty picture, bias (1 + 1 - 1)/3, neighbours 40√2 apart.
        Assert.Equal(["images 3", "heads 3", "detections 4", "MAE 1.00", "RMSE 1.00", "NAE 0.7500", "bias 0.33",
            "nearest neighbour px 56.57"], lines[..8].Select(line => string.Join(' ', Cells(line))));
        Assert.Equal(["radius", "TP", "FP", "FN", "precision", "recall", "F1"], Cells(lines[8])[..7]);
        Assert.Equal(["σs", "1", "3", "2", "0.2500", "0.3333", "0.2857"], Cells(lines[9])[..7]);
        Assert.Equal(["σl", "2", "2", "1", "0.5000", "0.6667", "0.5714"], Cells(lines[10])[..7]);
        Assert.Equal(11, lines.Length);
    }

    [Theory]
    [InlineData("--sigma", "l", "σl 2")]
    [InlineData("--radius", "2.5,5", "2.5 px 0|5 px 2")]
    public async Task Score_RadiusOrSigma_IsUsed(string option, string value, string expected)
    {
        var (truth, predictions) = WriteNwpu();
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", predictions, option, value);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected, string.Join('|', Lines(run.Output).Skip(9).Select(line =>
            string.Join(' ', Cells(line)[..(line.Contains("px", StringComparison.Ordinal) ? 3 : 2)]))));
    }

    [Fact]
    public async Task Score_Csv_UsesFourAndEightPixelsAndWritesJson()
    {
        string truth = Write("truth.csv", "image,x,y\na.jpg,10,10\na.jpg,20,20\nb.jpg,,\n");
        string predictions = Write("predictions.csv", "image,x,y,score\na.jpg,16,10,0.9\n");
        string json = _folder["out/scores.json"];
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", predictions, "--json", json);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("leaves out 1 of 2 pictures", run.Error, StringComparison.Ordinal);
        using JsonDocument scores = JsonDocument.Parse(File.ReadAllBytes(json));
        Assert.Equal(2, scores.RootElement.GetProperty("images").GetInt32());
        Assert.Equal([(4, 0), (8, 1)], scores.RootElement.GetProperty("localization").EnumerateArray().Select(entry =>
            (entry.GetProperty("radius").GetInt32(), entry.GetProperty("truePositives").GetInt32())));
        Assert.Equal([json], Directory.GetFiles(Path.GetDirectoryName(json)!));
    }

    [Fact]
    public async Task Score_Coco_LeavesIgnoredRegionsOut()
    {
        string truth = Write("truth.json", """
            {"images":[{"id":1,"file_name":"a.jpg"}],"categories":[{"id":1,"name":"head"}],"annotations":[
              {"image_id":1,"category_id":1,"bbox":[5,5,10,10]},
              {"image_id":1,"category_id":1,"bbox":[50,50,100,100],"iscrowd":1}]}
            """);
        string predictions = Write("predictions.csv", "image,x,y\na.jpg,10,11\na.jpg,60,60\n");
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", predictions, "--radius", "2");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("2 px 1 0 0", string.Join(' ', Cells(Lines(run.Output)[^1])[..5]));
    }

    [Fact]
    public async Task Score_MissingFile_SaysSoInOneLine()
    {
        var (truth, _) = WriteNwpu();
        string nowhere = _folder["nowhere.txt"];
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", nowhere);
        Assert.Equal(new CliRun(1, "", $"headcount: {nowhere}: no such file{Environment.NewLine}"), run);
    }

    [Fact]
    public async Task Score_MalformedRow_NamesFileAndLine()
    {
        var (truth, _) = WriteNwpu();
        string broken = Write("broken.txt", "1 1 5 5\n2 2 5 5\n");
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", broken);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"headcount: {broken}, line 2 announces 2 heads", Assert.Single(Lines(run.Error)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_PictureThatTheTruthLacks_IsNamed()
    {
        var (truth, _) = WriteNwpu();
        string other = Write("other.txt", "1 0\n9 0\n");
        CliRun run = await CliRun.RunAsync("score", "--truth", truth, "--predictions", other);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("picture '9' is not in", Assert.Single(Lines(run.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_JsonThatCannotBeWritten_FailsWithoutAPartOfIt()
    {
        var (truth, predictions) = WriteNwpu();
        string inTheWay = Write("file", "");
        CliRun run = await CliRun.RunAsync(
            "score", "--truth", truth, "--predictions", predictions, "--json", Path.Combine(inTheWay, "scores.json"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(inTheWay, Assert.Single(Lines(run.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--radius: '0' is no number of pixels above 0", "--radius", "4,0")]
    [InlineData("--radius: 'x' is no number of pixels above 0", "--radius", "x")]
    [InlineData("'m'", "--sigma", "m")]
    [InlineData("exclude each other", "--sigma", "s", "--radius", "4")]
    [InlineData("--frobnicate", "--frobnicate")]
    public async Task Score_WrongOption_IsAWrongCall(string reason, params string[] options)
    {
        var (truth, predictions) = WriteNwpu();
        CliRun run = await CliRun.RunAsync(["score", "--truth", truth, "--predictions", predictions, .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_WithoutTruth_IsAWrongCall() =>
        Assert.Equal(2, (await CliRun.RunAsync("score", "--predictions", "p.txt")).ExitCode);

    [Fact]
    public async Task Score_SigmaThatTheTruthLacks_IsAWrongCall()
    {
        string csv = Write("truth.csv", "image,x,y\na.jpg,10,10\n");
        CliRun run = await CliRun.RunAsync("score", "--truth", csv, "--predictions", csv, "--sigma", "s");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("give --radius instead", Assert.Single(Lines(run.Error)), StringComparison.Ordinal);
    }
}
