using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class BootstrapTests
{
    private static double? Mean(IReadOnlyList<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return sum / values.Count;
    }

    /// <summary>Standard normal numbers (Box and Muller).</summary>
    private static double[] Normal(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }

    [Fact]
    public void Of_Mean_IsAsWideAsTheoryHasIt()
    {
        Interval interval = Bootstrap.Of(Normal(400, 1), Mean)!.Value;
        // 1.96 standard errors of 1 / √400 on either side.
        Assert.Equal(2 * 1.96 / 20, interval.High - interval.Low, 0.02);
        Assert.InRange(interval.Value, interval.Low, interval.High);
    }

    /// <summary>Of 100 intervals for a mean of 0, about 95 hold it.</summary>
    [Fact]
    public void Of_Mean_HoldsTheTruthAsOftenAsItSays()
    {
        int held = Enumerable.Range(0, 100).Count(seed =>
            Bootstrap.Of(Normal(40, seed), Mean) is { Low: <= 0, High: >= 0 });
        Assert.InRange(held, 88, 99);
    }

    [Fact]
    public void Of_IsTheSameEachTime() =>
        Assert.Equal(Bootstrap.Of(Normal(30, 2), Mean), Bootstrap.Of(Normal(30, 2), Mean));

    [Fact]
    public void Of_SampleOfOne_HasNoWidth() => Assert.Equal(new Interval(3, 3, 3), Bootstrap.Of([3.0], Mean));

    [Fact]
    public void Of_LeavesOutDrawsWhereTheStatisticIsUndefined()
    {
        Assert.Null(Bootstrap.Of<double>([1, 2], _ => null));
        Interval interval = Bootstrap.Of<double>([0, 1], values => values.Any(v => v > 0) ? values.Max() : null)!.Value;
        Assert.Equal(new Interval(1, 1, 1), interval);
    }

    [Fact]
    public void Of_Nothing_IsRefused() => Assert.Throws<ArgumentException>(() => Bootstrap.Of<double>([], Mean));

    /// <summary>Pictures differ far more than the two results do: only the pairing can tell them apart.</summary>
    [Fact]
    public void Difference_IsSeenThroughPairing()
    {
        double[] first = [.. Normal(50, 3).Select(v => 100 * v)], noise = Normal(50, 4);
        PairedDifference difference = Bootstrap.Difference(
            first, [.. first.Zip(noise, (v, n) => v + 1 + n)], Mean)!.Value;
        Assert.Equal(1 + noise.Average(), difference.Difference.Value, 9);
        Assert.InRange(difference.PValue, 0, .001);
        Assert.True(difference.Difference.Low > 0);
    }

    [Fact]
    public void Difference_OfEqualResults_IsNone()
    {
        double[] values = Normal(20, 5);
        Assert.Equal(new PairedDifference(new Interval(0, 0, 0), 1), Bootstrap.Difference(values, values, Mean));
    }

    /// <summary>Without a true difference, p is below .1 in about a tenth of the cases.</summary>
    [Fact]
    public void Difference_OfChance_HasEvenPValues()
    {
        int low = Enumerable.Range(0, 100).Count(seed =>
            Bootstrap.Difference(Normal(40, 2 * seed), Normal(40, 2 * seed + 1), Mean)!.Value.PValue < .1);
        Assert.InRange(low, 4, 19);
    }

    [Fact]
    public void Difference_OfUnequalNumbers_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Bootstrap.Difference([1.0], [1.0, 2], Mean));
}
