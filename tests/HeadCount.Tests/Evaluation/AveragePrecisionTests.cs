using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class AveragePrecisionTests
{
    private static EvaluatedImage Picture(HeadPoint[] truth, HeadPoint[] predictions) => new("a", truth, predictions);

    [Fact]
    public void OverRadii_ByHand()
    {
        // By falling score: true (distance 2), false, true in another picture (distance 0): the curve runs
        // 1/1 at recall 1/3, 1/2, 2/3 at recall 2/3; one head is never found.
        EvaluatedImage[] pictures =
        [
            Picture([new(10, 10), new(200, 10)], [new(12, 10, 0.9), new(11, 10, 0.5)]),
            Picture([new(50, 50)], [new(50, 50, 0.1)]),
        ];
        var ap = AveragePrecision.OverRadii(pictures);
        Assert.Equal(100, ap.Count);
        Assert.Equal(1 / 3.0 * 1 + 1 / 3.0 * (2 / 3.0), ap[1], 12);
        // Within 1 pixel the first detection is false and the second true.
        Assert.Equal(2 / 3.0 * (2 / 3.0), ap[0], 12);
        Assert.Equal(ap.Average(), AveragePrecision.Mean(pictures), 12);
    }

    [Fact]
    public void OverRadii_WithoutHeadsOrDetections_IsDefined()
    {
        Assert.All(AveragePrecision.OverRadii([Picture([], [])]), ap => Assert.Equal(1, ap));
        Assert.All(AveragePrecision.OverRadii([Picture([new(1, 1)], [])]), ap => Assert.Equal(0, ap));
        Assert.All(AveragePrecision.OverRadii([Picture([], [new(1, 1)])]), ap => Assert.Equal(0, ap));
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(PointSetsArbitrary)])]
    public void OverRadii_StaysInRangeWhateverTheOrder(PointSets sets)
    {
        EvaluatedImage perfect = Picture([new(3, 3)], [new(3, 3, 0.6)]);
        var ap = AveragePrecision.OverRadii([Picture(sets.Truth, sets.Predictions), perfect]);
        Assert.All(ap, value => Assert.InRange(value, 0, 1));
        var reversed = AveragePrecision.OverRadii(
            [perfect, Picture(sets.Truth, [.. sets.Predictions.Reverse()])]);
        Assert.All(ap.Zip(reversed), pair => Assert.Equal(pair.First, pair.Second, 12));
    }
}
