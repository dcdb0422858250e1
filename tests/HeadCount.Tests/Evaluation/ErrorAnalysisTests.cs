using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class ErrorAnalysisTests
{
    /// <summary>
    /// A picture of 300×300: two heads 5 apart at the upper left of which one is found twice and one missed, one 10
    /// further missed by 12 px, a lone one in the middle found, and a detection far from all.
    /// </summary>
    private static readonly EvaluatedImage Picture = new("a",
        [new(20, 20), new(25, 20), new(35, 20), new(150, 150)],
        [new(18, 20), new(14, 20), new(35, 32), new(153, 154), new(280, 280), new(180, 150)])
    {
        Size = (300, 300),
    };

    [Fact]
    public void Of_ByHand()
    {
        var analysis = ErrorAnalysis.Of([Picture], 8);
        // (18, 20) finds (25, 20), 7 apart, so that (14, 20) can find (20, 20): as many pairs as possible.
        Assert.Equal(new LocalizationScore(3, 3, 1), analysis.Score);
        Assert.Equal((7 + 6 + 5) / 3.0, analysis.MeanDistance!.Value, 9);
        Assert.Equal([(2L, 2L), (0, 0), (1, 0), (0, 0), (0, 0), (0, 0), (1, 1)],
            analysis.BySpacing.Select(group => (group.Heads, group.Found)));
        Assert.Equal([(1L, 1L), (3, 2), (0, 0), (0, 0), (0, 0), (0, 0)],
            analysis.ByDensity.Select(group => (group.Heads, group.Found)));
        Assert.Equal([(3L, 2L), (0, 0), (0, 0), (0, 0), (1, 1), (0, 0), (0, 0), (0, 0), (0, 0)],
            analysis.ByPosition!.Select(group => (group.Heads, group.Found)));
        // 12, 30 and far more than 32 px from a head.
        Assert.Equal([0, 1, 1, 1], analysis.FalseAlarms.Select(kind => kind.Count));
        Assert.Equal([(0.0, 8.0), (8, 16), (16, 32), (32, double.PositiveInfinity)],
            analysis.FalseAlarms.Select(kind => (kind.From, kind.To)));
    }

    [Fact]
    public void Of_SecondDetectionOfAHead_IsADouble() => Assert.Equal([1, 0, 0, 0],
        ErrorAnalysis.Of([new("a", [new(10, 10)], [new(10, 10), new(12, 10)])], 8).FalseAlarms.Select(k => k.Count));

    [Fact]
    public void Of_PictureWithoutHeads_HasFalseAlarmsFarFromAny()
    {
        var analysis = ErrorAnalysis.Of([new("a", [], [new(10, 10)])], 8);
        Assert.Equal([0, 0, 0, 1], analysis.FalseAlarms.Select(kind => kind.Count));
        Assert.Null(analysis.ByPosition);
        Assert.Null(analysis.MeanDistance);
        Assert.All(analysis.BySpacing, group => Assert.Null(group.Recall));
    }

    [Fact]
    public void Of_Spacing_LowerEndsBelongToTheGroup()
    {
        double[] edges = [6, 10, 15, 25, 40, 70];
        foreach ((double edge, int i) in edges.Select((edge, i) => (edge, i)))
        {
            var groups = ErrorAnalysis.Of([new("a", [new(0, 0), new(edge, 0)], [])], 8).BySpacing;
            Assert.Equal(2, groups[i + 1].Heads);
        }
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(PointSetsArbitrary)])]
    public bool Of_EveryGroupingHoldsEveryHeadAndFalseAlarmOnce(PointSets sets)
    {
        var analysis = ErrorAnalysis.Of([new("a", sets.Truth, sets.Predictions) { Size = (9, 7) }], 2);
        IReadOnlyList<HeadGroup>[] groupings = [analysis.BySpacing, analysis.ByDensity, analysis.ByPosition!];
        return groupings.All(groups => groups.Sum(group => group.Heads) == sets.Truth.Length
                && groups.Sum(group => group.Found) == analysis.Score.TruePositives)
            && analysis.FalseAlarms.Sum(kind => kind.Count) == analysis.Score.FalsePositives;
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(PointSetsArbitrary)])]
    public bool Of_FalseAlarmKinds_EqualBruteForce(PointSets sets)
    {
        var analysis = ErrorAnalysis.Of([new("a", sets.Truth, sets.Predictions)], 1);
        var pairs = PointMatcher.Match(sets.Truth, sets.Predictions, 1);
        double[] nearest = [.. sets.Predictions.Where((_, i) => pairs.All(pair => pair.Prediction != i)).Select(p =>
            sets.Truth.Select(t => Math.Sqrt((t.X - p.X) * (t.X - p.X) + (t.Y - p.Y) * (t.Y - p.Y)))
                .DefaultIfEmpty(double.PositiveInfinity).Min())];
        return analysis.FalseAlarms.All(kind => kind.Count == nearest.Count(distance =>
            (distance > kind.From || (kind.From == 0 && distance == 0)) && distance <= kind.To));
    }
}
