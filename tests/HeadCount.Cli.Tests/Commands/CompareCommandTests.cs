using System.Globalization;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class CompareCommandTests : IDisposable
{
    private const string Header = "image,truth,predicted,density,tp@8,fp@8,fn@8\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Twenty pictures of 10, 11, … heads of which some are missed.</summary>
    private string Run(string name, Func<int, int> missed, int pictures = 20) =>
        Path.GetDirectoryName(_folder.Write($"{name}/pictures.csv", Header + string.Concat(
            Enumerable.Range(0, pictures).Select(i => string.Create(CultureInfo.InvariantCulture,
                $"p{i}.jpg,{10 + i},{10 + i - missed(i)},,{10 + i - missed(i)},0,{missed(i)}\n")))))!;

    private static string[] Row(CliRun run, string metric) => run.Output.Split('\n')
        .Single(line => line.StartsWith(metric, StringComparison.Ordinal))[metric.Length..]
        .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task FewerMisses_AreBetter()
    {
        CliRun run = await CliRun.RunAsync("compare", Run("old", i => 4 + i % 3), Run("new", i => 2 + i % 3));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("old", run.Output, StringComparison.Ordinal);
        // Two heads fewer in every picture: the difference has no spread.
        Assert.Equal("4.95 4.60 … 5.30 2.95 2.60 … 3.30 -2.00 -2.00 … -2.00 0.001 better",
            string.Join(' ', Row(run, "MAE")));
        Assert.Equal("better", Row(run, "recall at 8 px")[^1]);
    }

    [Fact]
    public async Task EqualRuns_DifferByNothing()
    {
        CliRun run = await CliRun.RunAsync("compare", Run("a", i => i % 4), Run("b", i => i % 4), Run("c", i => i % 5));
        Assert.Equal(0, run.ExitCode);
        string[] mae = Row(run, "MAE");
        Assert.Equal(["0.00", "0.00", "…", "0.00", "1.000"], mae[8..13]);
    }

    [Fact]
    public async Task Files_AreTakenTooAndOnlyCommonPicturesCount()
    {
        string first = Path.Combine(Run("a", _ => 1), "pictures.csv"), second = Run("b", _ => 1, pictures: 12);
        CliRun run = await CliRun.RunAsync("compare", first, second);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("12 pictures", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherTruth_IsRefused()
    {
        string first = Run("a", _ => 1);
        _folder.Write("b/pictures.csv", Header + "p3.jpg,99,13,,13,0,86\n");
        CliRun run = await CliRun.RunAsync("compare", first, _folder["b"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Matches("p3.jpg.*99.*13", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task NoCommonPicture_IsRefused()
    {
        _folder.Write("b/pictures.csv", Header + "other.jpg,1,1,,1,0,0\n");
        CliRun run = await CliRun.RunAsync("compare", Run("a", _ => 1), _folder["b"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no picture is in all", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingRun_IsNamed()
    {
        CliRun run = await CliRun.RunAsync("compare", Run("a", _ => 1), _folder["nowhere"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nowhere: no such file", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneRun_IsNotEnough() =>
        Assert.Equal(2, (await CliRun.RunAsync("compare", Run("a", _ => 1))).ExitCode);
}
