using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Localization;
using Xunit;

namespace HeadCount.Tests.Localization;

public class DensityAgreementTests
{
    private static readonly HeadPoint[] Heads =
        [.. new[] { .9, .8, .7, .62, .58, .55, .52, .4 }.Select((score, i) => new HeadPoint(10 * i, 5, score))];

    [Theory]
    [InlineData(4, 4)]
    [InlineData(6, 5)]
    [InlineData(8, 6)]
    [InlineData(2, 3)]
    // Not below .45, however many the density sees; not those from .75 on, however few.
    [InlineData(100, 7)]
    [InlineData(0, 2)]
    public void Threshold_DensityDisagrees_MeetsItHalfWayWithinTheReach(double density, int expected)
    {
        double threshold = DensityAgreement.Threshold(Heads, .6, density, .5);
        Assert.Equal(expected, Heads.Count(head => head.Score >= threshold));
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(.75, 6)]
    [InlineData(1, 7)]
    public void Threshold_WeightOfTheDensity_DecidesHowFarItMoves(double weight, int expected) =>
        Assert.Equal(expected, Heads.Count(head => head.Score >= DensityAgreement.Threshold(Heads, .6, 7, weight)));

    [Fact]
    public void Threshold_NoHeads_StaysAsItIs() => Assert.Equal(.6, DensityAgreement.Threshold([], .6, 12, .75));

    [Property]
    public bool Threshold_DistinctScores_NeverTakesTheCountAwayFromTheDensity(byte[] scores, byte nominal, byte density, byte weight)
    {
        HeadPoint[] heads = [.. scores.Distinct().Select(score => new HeadPoint(0, 0, score / 255.0))];
        double threshold = nominal / 255.0, own = DensityAgreement.Threshold(heads, threshold, density, weight / 255.0);
        int points = heads.Count(head => head.Score >= threshold), kept = heads.Count(head => head.Score >= own);
        return Math.Abs(own - threshold) <= DensityAgreement.Reach + 1e-9
            && Math.Abs(kept - density) <= Math.Abs(points - density);
    }
}
