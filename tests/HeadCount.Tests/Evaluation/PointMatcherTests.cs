using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class PointMatcherTests
{
    private static double Distance(HeadPoint a, HeadPoint b) =>
        Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));

    [Property(MaxTest = 1000, Arbitrary = [typeof(PointSetsArbitrary)])]
    public void Match_SmallSets_EqualsBruteForce(PointSets sets)
    {
        var pairs = PointMatcher.Match(sets.Truth, sets.Predictions, sets.Radii);

        Assert.Equal(pairs.Count, pairs.Select(pair => pair.Truth).Distinct().Count());
        Assert.Equal(pairs.Count, pairs.Select(pair => pair.Prediction).Distinct().Count());
        Assert.All(pairs, pair =>
        {
            Assert.Equal(Distance(sets.Truth[pair.Truth], sets.Predictions[pair.Prediction]), pair.Distance, 12);
            Assert.True(pair.Distance <= sets.Radii[pair.Truth]);
        });
        (int count, double distance) = Best(0, new bool[sets.Predictions.Length]);
        Assert.Equal(count, pairs.Count);
        Assert.Equal(distance, pairs.Sum(pair => pair.Distance), 9);

        // All ways of pairing the heads from this one on.
        (int Count, double Distance) Best(int head, bool[] taken)
        {
            if (head == sets.Truth.Length)
                return (0, 0);
            var best = Best(head + 1, taken);
            for (int i = 0; i < taken.Length; i++)
            {
                double d = Distance(sets.Truth[head], sets.Predictions[i]);
                if (taken[i] || d > sets.Radii[head])
                    continue;
                taken[i] = true;
                var rest = Best(head + 1, taken);
                taken[i] = false;
                if (rest.Count + 1 > best.Count || rest.Count + 1 == best.Count && rest.Distance + d < best.Distance)
                    best = (rest.Count + 1, rest.Distance + d);
            }
            return best;
        }
    }

    /// <summary>Exchanging truth and predictions must not matter either.</summary>
    [Property(MaxTest = 20)]
    public void Match_OtherOrderOrSides_SameCountAndDistance(int seed)
    {
        var random = new Random(seed);
        HeadPoint[] truth = Points(random, random.Next(300), 100, 100);
        HeadPoint[] predictions = Points(random, random.Next(300), 100, 100);
        double radius = random.Next(1, 12);
        var pairs = PointMatcher.Match(truth, predictions, radius);

        random.Shuffle(truth);
        random.Shuffle(predictions);
        foreach (var other in (IReadOnlyList<PointPair>[])
            [PointMatcher.Match(truth, predictions, radius), PointMatcher.Match(predictions, truth, radius)])
        {
            Assert.Equal(pairs.Count, other.Count);
            Assert.Equal(pairs.Sum(pair => pair.Distance), other.Sum(pair => pair.Distance), 6);
        }
    }

    [Fact]
    public void Match_NearestFirstWouldLoseAPair_KeepsBoth()
    {
        // The middle prediction is nearest to both heads, but the left one reaches only the left head.
        var pairs = PointMatcher.Match([new(0, 0), new(10, 0)], [new(4, 0), new(-5, 0)], 6);
        Assert.Equal([new PointPair(0, 1, 5), new PointPair(1, 0, 6)], pairs);
    }

    [Fact]
    public void Match_ExactlyAtRadius_Counts()
    {
        Assert.Single(PointMatcher.Match([new(0, 0)], [new(3, 4)], 5));
        Assert.Empty(PointMatcher.Match([new(0, 0)], [new(3, 4)], 4.999999));
        Assert.Single(PointMatcher.Match([new(7, 7)], [new(7, 7)], 0));
    }

    [Fact]
    public void Match_EmptySides_GiveNoPairs()
    {
        Assert.Empty(PointMatcher.Match([], [], 5));
        Assert.Empty(PointMatcher.Match([new(0, 0)], [], 5));
        Assert.Empty(PointMatcher.Match([], [new(0, 0)], 5));
    }

    [Fact]
    public void Match_WrongArguments_AreRefused()
    {
        HeadPoint[] one = [new(0, 0)];
        Assert.Throws<ArgumentException>(() => PointMatcher.Match(one, one, -1));
        Assert.Throws<ArgumentException>(() => PointMatcher.Match(one, one, double.NaN));
        Assert.Throws<ArgumentException>(() => PointMatcher.Match(one, one, [1, 2]));
        Assert.Throws<ArgumentException>(() => PointMatcher.Match(one, [new(double.NaN, 0)], 5));
        Assert.Throws<ArgumentException>(() => PointMatcher.Match([new(double.PositiveInfinity, 0)], one, 5));
    }

    /// <summary>Radii far above the distance between neighbours make one dense component of everything.</summary>
    [Theory]
    [InlineData(3000, 3000)]
    [InlineData(3000, 1500)]
    [InlineData(1500, 3000)]
    public void Match_DensePictureAndHugeRadius_PairsAllOfTheSmallerSide(int truthCount, int predictionCount)
    {
        var random = new Random(5);
        HeadPoint[] truth = Points(random, truthCount, 1024, 768);
        HeadPoint[] predictions = Points(random, predictionCount, 1024, 768);
        var pairs = PointMatcher.Match(truth, predictions, 100);
        Assert.Equal(Math.Min(truthCount, predictionCount), pairs.Count);
    }

    private static HeadPoint[] Points(Random random, int count, double width, double height) =>
        [.. Enumerable.Range(0, count).Select(_ =>
            new HeadPoint(random.NextDouble() * width, random.NextDouble() * height))];
}
