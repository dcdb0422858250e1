using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace HeadCount.Training.Tests.Losses;

public class ScoreLossTests
{
    private static CropTargets Targets(params (float X, float Y)[] heads) => CropTargets.Of(
        new Crop([], 64, [.. heads.Select(h => h.X)], [.. heads.Select(h => h.Y)], [.. heads.Select(_ => 20f)]), 2, 4);

    [Theory]
    [InlineData(ScoreLossKind.P2R)]
    [InlineData(ScoreLossKind.Focal)]
    public void Of_FlatScores_ChoosesTheCellUnderEachHead(ScoreLossKind kind)
    {
        using var scope = NewDisposeScope();
        CropTargets targets = Targets((10.3f, 20.9f), (50.1f, 40.5f));
        var (_, positives, _) = new ScoreLoss(kind).Of(zeros(1, 1, 32, 32), [targets], 2);
        Assert.Equal([10 * 32 + 5, 20 * 32 + 25], positives.Select(p => p.Cell).Order());
    }

    [Fact]
    public void P2R_HighScoreBesideTheHead_MovesThePositiveThere()
    {
        using var scope = NewDisposeScope();
        Tensor logits = zeros(1, 1, 32, 32);
        logits[0, 0, 10, 7] = 6f;
        var (_, positives, _) = new ScoreLoss(ScoreLossKind.P2R).Of(logits, [Targets((11, 21))], 2);
        Assert.Equal(10 * 32 + 7, Assert.Single(positives).Cell);
    }

    [Theory]
    [InlineData(ScoreLossKind.P2R)]
    [InlineData(ScoreLossKind.Focal)]
    public void Of_RightScores_CostsLessThanWrongOnes(ScoreLossKind kind)
    {
        using var scope = NewDisposeScope();
        CropTargets targets = Targets((11, 21));
        Tensor right = full(1, 1, 32, 32, -6f), wrong = full(1, 1, 32, 32, -6f);
        right[0, 0, 10, 5] = 6f;
        wrong[0, 0, 25, 25] = 6f;
        float good = new ScoreLoss(kind).Of(right, [targets], 2).Loss.item<float>(), bad = new ScoreLoss(kind).Of(wrong, [targets], 2).Loss.item<float>();
        Assert.True(good < bad / 2, $"{good} is not well below {bad}");
    }

    [Fact]
    public void P2R_HeadFoundAwayFromItsAnnotation_IsToldAsItsPeak()
    {
        using var scope = NewDisposeScope();
        Tensor logits = full(1, 1, 32, 32, -6f);
        logits[0, 0, 15, 5] = 1f;
        logits[0, 0, 28, 5] = 3f;
        var (_, positives, peaks) = new ScoreLoss(ScoreLossKind.P2R).Of(logits, [Targets((11, 21))], 2);
        Assert.Equal(15 * 32 + 5, Assert.Single(peaks).Cell);
        Assert.Single(positives);
    }

    [Fact]
    public void P2R_HeadNotFound_HasNoPeak()
    {
        using var scope = NewDisposeScope();
        var (_, positives, peaks) = new ScoreLoss(ScoreLossKind.P2R).Of(full(1, 1, 32, 32, -6f), [Targets((11, 21))], 2);
        Assert.Equal(10 * 32 + 5, Assert.Single(positives).Cell);
        Assert.Empty(peaks);
    }

    [Fact]
    public void Balance_ACrowdBesideOneHeadAndNone_WeighsMoreByCropAndLessByHead()
    {
        float[] weights = Balance.Weights([Targets([.. Enumerable.Range(0, 40).Select(i => (i + 1f, 20f))]), Targets((11, 21)), Targets()]);
        Assert.True(weights[0] < weights[1] && weights[1] < weights[2]);
        Assert.True(40 * weights[0] > weights[1]);
        Assert.Equal(Math.Sqrt(9.0 / 8), weights[2] / weights[1], 1e-6);
    }

    [Fact]
    public void Of_NobodyThere_HasNoPositives()
    {
        using var scope = NewDisposeScope();
        var (loss, positives, peaks) = new ScoreLoss(ScoreLossKind.P2R).Of(zeros(1, 1, 32, 32), [Targets()], 2);
        Assert.Empty(positives);
        Assert.Empty(peaks);
        Assert.True(loss.item<float>() > 0);
    }
}
