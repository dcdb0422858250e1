using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class EvaluationSummaryTests
{
    /// <summary>
    /// Picture a: three heads in a row, 10 apart; found at distance 0 and 6, one false far away. Picture b: empty.
    /// </summary>
    private static readonly EvaluatedImage[] Pictures =
    [
        new("a", [new(10, 10), new(20, 10), new(30, 10)], [new(10, 10), new(20, 16), new(90, 70)])
        {
            Size = (100, 80),
            Sigmas = [new HeadSigma(1, 2), new HeadSigma(3, 6), new HeadSigma(1, 1)],
        },
        new("b", [], []) { Size = (100, 80), Sigmas = [] },
    ];

    [Fact]
    public void Of_IgnoredRegion_NothingInItCounts()
    {
        // Takes the second head with its detection and the false detection; the edge at x = 30 keeps the third head.
        EvaluatedImage ignoring = Pictures[0] with
        {
            Ignored = [new IgnoredRegion(15, 0, 15, 80), new IgnoredRegion(80, 60, 20, 20)],
        };
        var summary = EvaluationSummary.Of([ignoring], [MatchingRadius.Of(6), MatchingRadius.SigmaLarge]);
        Assert.Equal((2, 1), (summary.Heads, summary.Detections));
        Assert.Equal(1, summary.Mae);
        Assert.Equal([1, 1], summary.Localization.Select(result => result.TruePositives));
        Assert.Equal(20, summary.MeanNeighbourDistance!.Value, 12);
    }

    [Fact]
    public void Of_ByHand()
    {
        var summary = EvaluationSummary.Of(Pictures,
            [MatchingRadius.Of(4), MatchingRadius.Of(6), MatchingRadius.SigmaSmall, MatchingRadius.SigmaLarge]);
        Assert.Equal(2, summary.Images);
        Assert.Equal(3, summary.Heads);
        Assert.Equal(3, summary.Detections);
        Assert.Equal(0, summary.Mae);
        // One head too few at the upper left, one too many at the lower right; the mean of both pictures.
        Assert.Equal([0, 1, 1, 1], summary.Game!);
        Assert.Equal(10, summary.MeanNeighbourDistance!.Value, 12);
        Assert.Equal([1, 2, 1, 2], summary.Localization.Select(result => result.TruePositives));
        Assert.Equal(2 / 3.0, summary.Localization[1].F1, 12);
        Assert.Equal((2 / 3.0 + 1) / 2, summary.Localization[1].MacroF1, 12);
        Assert.Equal(3, summary.Localization[1].MeanDistance!.Value, 12);
        Assert.All(summary.Localization, result => Assert.InRange(result.ChanceF1!.Value, 0, 0.5));
    }

    [Fact]
    public void ToJson_HasExactlyTheAgreedMembers()
    {
        var summary = EvaluationSummary.Of(Pictures, [MatchingRadius.Of(4), MatchingRadius.SigmaLarge]) with
        {
            Seconds = 1.5,
            Model = "small 1.0.0",
        };
        using JsonDocument json = JsonDocument.Parse(summary.ToJson());
        JsonElement root = json.RootElement;
        Assert.Equal(
            ["images", "heads", "detections", "mae", "rmse", "nae", "game", "localization", "seconds", "model"],
            root.EnumerateObject().Select(member => member.Name));
        Assert.Equal(4, root.GetProperty("game").GetArrayLength());
        Assert.Equal(1.5, root.GetProperty("seconds").GetDouble());
        Assert.Equal("small 1.0.0", root.GetProperty("model").GetString());
        JsonElement.ArrayEnumerator scores = root.GetProperty("localization").EnumerateArray();
        Assert.All(scores, score => Assert.Equal(["radius", "truePositives", "precision", "recall", "f1"],
            score.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(4, scores.First().GetProperty("radius").GetDouble());
        Assert.Equal("sigma_l", scores.Last().GetProperty("radius").GetString());
    }

    [Fact]
    public void ToJson_WithoutSizesHeadsOrModel_HasNulls()
    {
        var summary = EvaluationSummary.Of([new EvaluatedImage("a", [], [])], [MatchingRadius.Of(4)]);
        string json = Encoding.UTF8.GetString(summary.ToJson());
        foreach (string member in (string[])["nae", "game", "model"])
            Assert.Contains($"\"{member}\": null", json, StringComparison.Ordinal);
        Assert.Contains("\"f1\": 1", json, StringComparison.Ordinal);
        Assert.Null(summary.Localization[0].ChanceF1);
    }

    /// <summary>Random points find a head by the share of the frame that its circle covers.</summary>
    [Fact]
    public void Of_ChanceF1_IsTheChance()
    {
        EvaluatedImage[] lone = [.. Enumerable.Range(0, 20_000).Select(i =>
            new EvaluatedImage($"{i}", [new(500, 500)], []) { Size = (1000, 1000) })];
        var summary = EvaluationSummary.Of(lone, [MatchingRadius.Of(100)]);
        Assert.Equal(Math.PI * 0.01, summary.Localization[0].ChanceF1!.Value, 0.004);
        Assert.Equal(summary.Localization[0].ChanceF1,
            EvaluationSummary.Of(lone, [MatchingRadius.Of(100)]).Localization[0].ChanceF1);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(PointSetsArbitrary)])]
    public void Of_NeighbourDistance_EqualsBruteForce(PointSets sets)
    {
        var summary = EvaluationSummary.Of([new EvaluatedImage("a", sets.Truth, [])], [MatchingRadius.Of(4)]);
        if (sets.Truth.Length < 2)
        {
            Assert.Null(summary.MeanNeighbourDistance);
            return;
        }
        double expected = sets.Truth.Select((a, i) => sets.Truth.Where((_, j) => j != i)
            .Min(b => Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y)))).Average();
        Assert.Equal(expected, summary.MeanNeighbourDistance!.Value, 12);
    }

    [Fact]
    public void Of_SigmaThatTheTruthLacks_IsRefused() => Assert.Throws<InvalidOperationException>(() =>
        EvaluationSummary.Of([new EvaluatedImage("a", [new(1, 1)], [])], [MatchingRadius.SigmaSmall]));

    [Fact]
    public void Of_Nothing_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => EvaluationSummary.Of([], [MatchingRadius.Of(4)]));
        Assert.Throws<ArgumentException>(() => EvaluationSummary.Of(Pictures, []));
    }
}
