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

    private static ScoreLoss Loss(ScoreLossKind kind, double neighbourWeight = 1) =>
        new(new TrainingOptions { Dataset = "", Train = [], Validation = [], Loss = kind, NeighbourWeight = neighbourWeight });

    [Theory]
    [InlineData(ScoreLossKind.P2R)]
    [InlineData(ScoreLossKind.Focal)]
    public void Of_FlatScores_ChoosesTheCellUnderEachHead(ScoreLossKind kind)
    {
        using var scope = NewDisposeScope();
        CropTargets targets = Targets((10.3f, 20.9f), (50.1f, 40.5f));
        var (_, positives) = Loss(kind).Of(zeros(1, 1, 32, 32), [targets], 2);
        Assert.Equal([10 * 32 + 5, 20 * 32 + 25], positives.Select(p => p.Cell).Order());
    }

    [Fact]
    public void P2R_HighScoreBesideTheHead_MovesThePositiveThere()
    {
        using var scope = NewDisposeScope();
        Tensor logits = zeros(1, 1, 32, 32);
        logits[0, 0, 10, 7] = 6f;
        var (_, positives) = Loss(ScoreLossKind.P2R).Of(logits, [Targets((11, 21))], 2);
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
        float good = Loss(kind).Of(right, [targets], 2).Loss.item<float>(), bad = Loss(kind).Of(wrong, [targets], 2).Loss.item<float>();
        Assert.True(good < bad / 2, $"{good} is not well below {bad}");
    }

    [Fact]
    public void P2R_NeighbourWeightZero_ForgivesHighScoresBesideTheHeadOnly()
    {
        using var scope = NewDisposeScope();
        float Cost(int row, int column, double weight)
        {
            Tensor logits = full(1, 1, 32, 32, -6f);
            logits[0, 0, 10, 5] = 6f;
            logits[0, 0, row, column] = 5f;
            return Loss(ScoreLossKind.P2R, weight).Of(logits, [Targets((11, 21))], 2).Loss.item<float>();
        }
        Assert.True(Cost(11, 6, 0) < 0.5 * Cost(11, 6, 1));
        Assert.Equal(Cost(13, 8, 1), Cost(13, 8, 0), 1e-2);
    }

    [Fact]
    public void Of_NobodyThere_HasNoPositives()
    {
        using var scope = NewDisposeScope();
        var (loss, positives) = Loss(ScoreLossKind.P2R).Of(zeros(1, 1, 32, 32), [Targets()], 2);
        Assert.Empty(positives);
        Assert.True(loss.item<float>() > 0);
    }
}
