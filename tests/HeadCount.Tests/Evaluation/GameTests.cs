using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using Xunit;

namespace HeadCount.Tests.Evaluation;

public sealed class GameTests
{
    [Property(MaxTest = 500, Arbitrary = [typeof(PointSetsArbitrary)])]
    public void Errors_NeverFallFromLevelToLevel(PointSets sets, byte width, byte height)
    {
        var errors = Game.Errors(sets.Truth, sets.Predictions, width % 11 + 1, height % 11 + 1);
        Assert.Equal(Math.Abs(sets.Truth.Length - sets.Predictions.Length), errors[0]);
        Assert.Equal(errors.Order(), errors);
    }

    [Fact]
    public void Errors_WrongPlace_ShowsFromTheLevelThatSeparatesIt() =>
        // 70 pixels: the second level's first column ends at 17.5.
        Assert.Equal([0, 0, 2, 2], Game.Errors([new(17.4, 5)], [new(17.5, 5)], 70, 70));

    [Fact]
    public void Errors_OutsideTheFrame_CountsAtTheEdge() =>
        Assert.Equal([0, 0, 0, 0], Game.Errors([new(-3, 90)], [new(0, 69)], 70, 70));
}
