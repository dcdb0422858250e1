using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class ThresholdCurveTests
{
    private sealed record Entry(double Quality, double CountingError);

    private static Entry Best(params Entry[] entries) =>
        ThresholdCurve.Best(entries, entry => entry.Quality, entry => entry.CountingError);

    [Fact]
    public void Best_QualityDiffers_TakesTheBestQuality()
    {
        var best = new Entry(.80, 9);
        Assert.Same(best, Best(new Entry(.798, 1), best, new Entry(.79, 2)));
    }

    [Fact]
    public void Best_QualityIsFlat_TakesTheBestCount()
    {
        var counts = new Entry(.7995, 5);
        Assert.Same(counts, Best(new Entry(.80, 9), counts, new Entry(.7992, 6), new Entry(.79, 1)));
    }

    [Fact]
    public void Best_AllTheSame_TakesTheFirst()
    {
        var first = new Entry(1, 0);
        Assert.Same(first, Best(first, new Entry(1, 0)));
    }
}
