using FsCheck.Xunit;
using Xunit;

namespace HeadCount.Synthesis.Tests;

public class SceneRendererTests
{
    private static SceneOptions Options(int seed) => new() { Width = 160, Height = 120, MaxPeople = 60, Seed = seed };

    [Property(MaxTest = 25)]
    public bool Render_SameOptions_GivesTheSameBytesAndHeads(int seed)
    {
        Scene a = SceneRenderer.Render(Options(seed)), b = SceneRenderer.Render(Options(seed));
        return a.Picture.Pixels.AsSpan().SequenceEqual(b.Picture.Pixels) && a.Heads.SequenceEqual(b.Heads)
            && (a.Kind, a.JpegQuality) == (b.Kind, b.JpegQuality);
    }

    [Property(MaxTest = 40)]
    public bool Render_AnySeed_PutsEveryPointOnItsOwnVisibleHead(int seed)
    {
        Scene scene = SceneRenderer.RenderWithOwners(Options(seed), out int[] owners, out int[] headOwners);
        bool onHeads = scene.Heads.Zip(headOwners).All(pair =>
            pair.First.X is >= 0 and < 160 && pair.First.Y is >= 0 and < 120
            && owners[(int)pair.First.Y * 160 + (int)pair.First.X] == pair.Second);
        return onHeads && headOwners.Distinct().Count() == headOwners.Length && scene.Heads.Count <= 60;
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(5, 5, 0, 5)]
    [InlineData(40, 80, 1, 80)]
    public void Render_PeopleInARange_KeepsToIt(int fewest, int most, int atLeast, int atMost)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Scene scene = SceneRenderer.Render(Options(seed) with { MinPeople = fewest, MaxPeople = most });
            Assert.InRange(scene.Heads.Count, atLeast, atMost);
        }
    }

    [Fact]
    public void Render_ManySeeds_VaryInPlaceNumberAndLook()
    {
        Scene[] scenes = [.. Enumerable.Range(0, 60).Select(seed =>
            SceneRenderer.Render(Options(seed) with { Width = 64, Height = 48 }))];
        Assert.Equal(Enum.GetValues<SceneKind>().Length, scenes.Select(s => s.Kind).Distinct().Count());
        Assert.InRange(scenes.Count(s => s.Heads.Count == 0), 4, 30);
        Assert.True(scenes.Select(s => s.Picture.Pixels.Sum(p => p)).Distinct().Count() > 55);
    }

    [Fact]
    public void Render_OtherSeed_IsAnotherScene() =>
        Assert.NotEqual(SceneRenderer.Render(Options(1)).Picture.Pixels,
            SceneRenderer.Render(Options(2)).Picture.Pixels);

    [Theory]
    [InlineData(31, 100, 0, 10)]
    [InlineData(100, 9000, 0, 10)]
    [InlineData(100, 100, -1, 10)]
    [InlineData(100, 100, 11, 10)]
    [InlineData(100, 100, 0, 10_001)]
    public void Render_OptionOutOfRange_Throws(int width, int height, int fewest, int most) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneRenderer.Render(
            new SceneOptions { Width = width, Height = height, MinPeople = fewest, MaxPeople = most }));
}
