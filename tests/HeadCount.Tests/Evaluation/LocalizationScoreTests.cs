using FsCheck.Xunit;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class LocalizationScoreTests
{
    [Theory]
    [InlineData(0, 0, 0, 1, 1, 1)]
    [InlineData(0, 3, 0, 0, 0, 0)]
    [InlineData(0, 0, 3, 0, 0, 0)]
    [InlineData(0, 2, 3, 0, 0, 0)]
    [InlineData(3, 1, 0, 0.75, 1, 6 / 7.0)]
    [InlineData(2, 2, 6, 0.5, 0.25, 1 / 3.0)]
    public void Ratios_AreDefinedEverywhere(int tp, int fp, int fn, double precision, double recall, double f1)
    {
        var score = new LocalizationScore(tp, fp, fn);
        Assert.Equal(precision, score.Precision, 12);
        Assert.Equal(recall, score.Recall, 12);
        Assert.Equal(f1, score.F1, 12);
    }

    [Property]
    public void F1_IsTheHarmonicMean(ushort tp, ushort fp, ushort fn)
    {
        var score = new LocalizationScore(tp + 1, fp, fn);
        Assert.Equal(2 * score.Precision * score.Recall / (score.Precision + score.Recall), score.F1, 12);
    }

    [Fact]
    public void Sum_IsMicro() => Assert.Equal(new LocalizationScore(4, 6, 8),
        LocalizationScore.Of(1, 4, 3) + new LocalizationScore(3, 4, 5));
}
