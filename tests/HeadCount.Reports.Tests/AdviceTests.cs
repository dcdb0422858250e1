using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Reports.Tests;

public sealed class AdviceTests
{
    private const double Radius = 8, Threshold = .5;

    private static IReadOnlyList<Finding> Advise(params EvaluatedImage[] scored)
    {
        EvaluatedImage[] At(double threshold) => [.. scored.Select(image => image with
        {
            Predictions = [.. image.Predictions.Where(head => head.Score >= threshold)],
        })];
        PictureScore[] scores = [.. At(Threshold).Select(image => PictureScore.Of(image, [Radius, 2 * Radius]))];
        return Advice.Of(ErrorAnalysis.Of(At(Threshold), Radius), Metric.Sum(scores, 2 * Radius),
            ThresholdCurve.Of([.3, Threshold, .7], [Radius], At), Threshold, scores);
    }

    /// <summary>Heads in a row.</summary>
    private static HeadPoint[] Row(int count, double apart, double y = 10, double score = .6) =>
        [.. Enumerable.Range(0, count).Select(i => new HeadPoint(10 + i * apart, y, score))];

    private static HeadPoint[] Shift(HeadPoint[] heads, double dx) => [.. heads.Select(h => h with { X = h.X + dx })];

    private static EvaluatedImage Image(string name, HeadPoint[] truth, HeadPoint[] found) =>
        new(name, truth, found) { Size = (600, 600) };

    [Fact]
    public void Of_RightResults_IsNothing() => Assert.Empty(Advise(Image("a", Row(9, 30), Row(9, 30))));

    [Fact]
    public void Of_Nothing_IsNothing() => Assert.Empty(Advise(Image("a", [], [])));

    [Fact]
    public void Of_HeadsJustBelowTheThreshold_LowersIt()
    {
        Finding first = Advise(Image("a", Row(10, 30), [.. Row(5, 30), .. Shift(Row(5, 30, score: .4), 150)]))[0];
        Assert.Equal("Lower the threshold from 0.5 to 0.3", first.Title);
        Assert.Equal(1 - 10 / 15.0, first.Gain!.Value, 9);
        Assert.Contains("Recall would go from 50 % to 100 %", first.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WeakFalseAlarms_RaisesTheThreshold() => Assert.Equal("Raise the threshold from 0.5 to 0.7",
        Advise(Image("a", Row(5, 30), [.. Row(5, 30, score: .9), .. Row(5, 30, y: 300)]))[0].Title);

    [Fact]
    public void Of_CrowdsMissed_SaysWhatTheyCost()
    {
        // Ten heads 12 px apart of which two are found; ten 30 px apart, all found.
        HeadPoint[] crowd = Row(10, 12), rest = Row(10, 30, y: 200);
        Finding crowded = Assert.Single(Advise(Image("a", [.. crowd, .. rest], [.. crowd.Take(2), .. rest])),
            finding => finding.Title.Contains("crowded", StringComparison.Ordinal));
        Assert.StartsWith(
            "8 of 8 missed heads (100 %) stand nearer than 15 px", crowded.Reason, StringComparison.Ordinal);
        Assert.Equal(1 - 24 / 32.0, crowded.Gain!.Value, 9);
    }

    [Fact]
    public void Of_DetectionsBeside_AsksForBetterPositions()
    {
        Finding first = Advise(Image("a", Row(10, 40), [.. Row(10, 40).Take(4), .. Shift(Row(10, 40), 12).Skip(4)]))[0];
        Assert.Equal("Place heads more exactly", first.Title);
        Assert.Equal(1 - .4, first.Gain!.Value, 9);
        Assert.StartsWith("6 heads", first.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Doubles_WidensSuppression() => Assert.Contains(
        Advise(Image("a", Row(10, 40), [.. Row(10, 40), .. Shift(Row(10, 40), 5)])),
        finding => finding.Title == "Widen the suppression radius" && Math.Abs(finding.Gain!.Value - 1 / 3.0) < 1e-9);

    [Fact]
    public void Of_TextureTakenForHeads_NamesThePicture()
    {
        Finding first = Advise(Image("leaves", [], Row(20, 20)), Image("street", Row(20, 30), Row(20, 30)))[0];
        Assert.Equal("Train with what is taken for heads", first.Title);
        Assert.Contains("in 1 picture of 2, first of all leaves", first.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OneHardPictureAmongMany_AsksForMoreLikeIt()
    {
        EvaluatedImage[] easy = [.. Enumerable.Range(0, 9).Select(i => Image($"easy{i}", Row(5, 30), Row(5, 30)))];
        Finding finding = Assert.Single(Advise([.. easy, Image("hard", Row(20, 30), [])]),
            finding => finding.Title.StartsWith("Get more", StringComparison.Ordinal));
        Assert.Contains("hard", finding.Reason, StringComparison.Ordinal);
        Assert.Equal(1 - 90 / 110.0, finding.Gain!.Value, 9);
    }

    [Fact]
    public void Of_DensityThatCountsBetter_RecommendsIt()
    {
        EvaluatedImage[] images = [.. Enumerable.Range(0, 12).Select(i =>
            Image($"{i}", Row(10, 30), Row(4 + i % 3, 30)) with { DensitySum = 10.5 })];
        Assert.Contains(Advise(images), finding => finding.Title == "Report the density sum as the count");
        Assert.DoesNotContain(Advise([.. images.Select(image => image with { DensitySum = 1 })]),
            finding => finding.Title == "Report the density sum as the count");
    }

    [Fact]
    public void Of_RanksByGain()
    {
        IReadOnlyList<Finding> findings = Advise(Image("a", [.. Row(10, 12), .. Row(10, 40, y: 200)],
            [.. Row(10, 12).Take(2), .. Shift(Row(10, 40, y: 200), 12), .. Row(3, 100, y: 500)]));
        Assert.True(findings.Count >= 3);
        Assert.Equal(findings.OrderByDescending(finding => finding.Gain), findings);
    }
}
