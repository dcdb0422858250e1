using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Localization;
using Xunit;

namespace HeadCount.Tests.Localization;

public class ConsensusTests
{
    private const double Radius = 3;

    private static List<HeadPoint> Join(params HeadPoint[][] looks) =>
        Consensus.Join([.. looks.Select(look => ((IReadOnlyList<HeadPoint>)look, 1.0))], Radius);

    /// <summary>Heads in a corner of 64 × 64 pixels, so that many lie near each other.</summary>
    private static HeadPoint[] Heads(byte[] bytes) => [.. bytes.Chunk(3).Where(three => three.Length == 3)
        .Select(three => new HeadPoint(three[0] / 4.0, three[1] / 4.0, three[2] / 255.0))];

    [Fact]
    public void HeadOfBoth_LiesBetweenAndKeepsTheScore()
    {
        HeadPoint head = Assert.Single(Join([new(10, 20, .8)], [new(14, 22, .8)]));
        Assert.Equal((12, 21), (head.X, head.Y));
        Assert.Equal(.8, head.Score, 9);
    }

    [Fact]
    public void HeadOfOneAlone_LosesTowardsTheUnseen()
    {
        HeadPoint head = Assert.Single(Join([new(10, 20, .8)], []));
        // √(.8/.2 · .3/.7) = 1.309 to one.
        Assert.Equal(.567, head.Score, 3);
        Assert.Equal((10, 20), (head.X, head.Y));
    }

    [Fact]
    public void Weights_SayWhoIsHeard()
    {
        HeadPoint head = Assert.Single(Consensus.Join([([new(10, 20, .9)], 3), ([new(14, 20, .5)], 1)], Radius));
        Assert.Equal(11, head.X);
        // 9^(3/4) = 5.196 to one.
        Assert.Equal(.8386, head.Score, 4);
    }

    [Fact]
    public void TwoHeadsOfOneLook_AreNotJoinedWithEachOther() =>
        Assert.Equal(2, Join([new(10, 20, .8), new(15, 20, .7)], [new(10, 20, .8), new(15, 20, .7)]).Count);

    [Property]
    public bool SameLookTwice_IsThatLook(byte[] bytes)
    {
        List<HeadPoint> look = PeakFinder.Suppress([.. Heads(bytes).Where(head => head.Score is >= Consensus.Unseen and < .999)], Radius);
        List<HeadPoint> joined = Join([.. look], [.. look]);
        return joined.Count == look.Count && joined.Zip(look).All(pair =>
            Math.Abs(pair.First.X - pair.Second.X) + Math.Abs(pair.First.Y - pair.Second.Y) + Math.Abs(pair.First.Score - pair.Second.Score) < 1e-9);
    }

    [Property]
    public bool AnyLooks_GiveHeadsThatAreApartSortedAndNoMoreThanWereSeen(byte[] first, byte[] second, byte[] third)
    {
        HeadPoint[][] looks = [Heads(first), Heads(second), Heads(third)];
        List<HeadPoint> joined = Join(looks);
        return joined.Count <= looks.Sum(look => look.Length)
            && joined.All(head => head.Score >= Consensus.Unseen - 1e-9)
            && joined.Zip(joined.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score)
            && joined.All(a => joined.All(b => a == b || Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2) >= Radius * Radius));
    }

    [Property]
    public bool OrderWithinALook_DoesNotMatter(byte[] first, byte[] second)
    {
        HeadPoint[] a = Heads(first), b = Heads(second);
        return Join(a, b).SequenceEqual(Join([.. a.Reverse()], [.. b.Reverse()]));
    }
}
