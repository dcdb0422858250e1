using HeadCount.Training.Data;
using HeadCount.Training.Losses;
using HeadCount.Training.Networks;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace HeadCount.Training.Tests.Losses;

public class HeadLossTests
{
    private static readonly TrainingOptions _options = new() { Dataset = "", Train = [], Validation = [] };

    private static readonly CropTargets _targets = CropTargets.Of(new Crop([], 64, [11f], [21f], [20f]), 2, 4);

    [Fact]
    public void Of_AnswerOfTheTeacher_IsDrawnNowhereBesides()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        HeadTensors teacher = Answer();
        float[][] alone = Gradients(teacher, null), taught = Gradients(teacher, teacher);
        for (int map = 0; map < alone.Length; map++)
            Assert.All(alone[map].Zip(taught[map]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void Of_AnswerOfNoTeacher_IsDrawnToHis()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        HeadTensors own = Answer(), teacher = new(own.Logits.clone(), own.Offset.clone(), own.Density.clone());
        teacher.Logits[0, 0, 28, 3] = 5f;
        teacher.Offset[0, 1, 28, 3] = own.Offset[0, 1, 28, 3] - 1;
        teacher.Density[0, 0, 14, 1] = 3f;
        float[][] alone = Gradients(own, null), taught = Gradients(own, teacher);
        Assert.True(taught[0][28 * 32 + 3] < alone[0][28 * 32 + 3] - 0.01f, "the score should rise where the teacher's is higher");
        Assert.True(taught[1][32 * 32 + 28 * 32 + 3] > alone[1][32 * 32 + 28 * 32 + 3] + 0.001f, "the offset should fall to the teacher's");
        Assert.True(taught[2][14 * 16 + 1] < alone[2][14 * 16 + 1] - 0.001f, "the density should rise to the teacher's");
    }

    [Fact]
    public void Of_ACropOfWhichSomeHeadsAreAnnotated_TeachesThoseAlone()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        HeadTensors answer = Answer();
        Tensor[] maps = [.. new[] { answer.Logits, answer.Offset, answer.Density }.Select(map => map.clone().requires_grad_())];
        CropTargets some = CropTargets.Of(new Crop([], 64, [11f], [21f], [20f], IsComplete: false), 2, 4);
        new HeadLoss(_options).Of(new(maps[0], maps[1], maps[2]), [some], null).Total.backward();
        float[] score = maps[0].grad!.data<float>().ToArray();
        Assert.Single(score, gradient => gradient != 0);
        Assert.True(score.Min() < 0, "the score of the annotated head should rise");
        Assert.All(maps[2].grad!.data<float>().ToArray(), gradient => Assert.Equal(0, gradient));
    }

    private static HeadTensors Answer() =>
        new(randn(1, 1, 32, 32) - 2, randn(1, 2, 32, 32), rand(1, 1, 16, 16) * 0.1f);

    /// <summary>Of the loss by every value of logits, offset and density.</summary>
    private static float[][] Gradients(HeadTensors answer, HeadTensors? teacher)
    {
        Tensor[] maps = [.. new[] { answer.Logits, answer.Offset, answer.Density }.Select(map => map.clone().requires_grad_())];
        new HeadLoss(_options).Of(new(maps[0], maps[1], maps[2]), [_targets], teacher).Total.backward();
        return [.. maps.Select(map => map.grad!.data<float>().ToArray())];
    }
}
