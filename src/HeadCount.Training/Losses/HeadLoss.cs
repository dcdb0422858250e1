using HeadCount.Training.Data;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace HeadCount.Training.Losses;

/// <summary>The parts of a step's loss, as plain numbers for the log; null where a recipe has no such part.</summary>
internal readonly record struct LossParts(float? Score, float? Offset, float Density)
{
    internal bool IsFinite => float.IsFinite(Score ?? 0) && float.IsFinite(Offset ?? 0) && float.IsFinite(Density);
}

/// <summary>Score + ½ offset + weighted density; the same of what a teacher answers, where there is one.</summary>
internal sealed class HeadLoss(TrainingOptions options)
{
    private readonly ScoreLoss _score = new(options.Loss);

    /// <summary>Blocks that the density's sums are compared over, cells a side, and their weights; the whole crop comes on top.</summary>
    private static readonly (long Side, double Weight)[] DensityBlocks = [(4, 0.5), (8, 1), (16, 1)];

    /// <param name="maps">The network's answer.</param>
    /// <param name="batch">What the annotations say.</param>
    /// <param name="teacher">Another network's answer to the same crops, or null.</param>
    internal (Tensor Total, LossParts Parts) Of(HeadTensors maps, IReadOnlyList<CropTargets> batch, HeadTensors? teacher)
    {
        (Tensor score, List<Positive> positives, List<Positive> peaks) = _score.Of(maps.Logits, batch, HeadTopology.ScoreStride);
        Tensor offset = OffsetLoss(maps.Offset, batch, [.. positives.Union(peaks)]), density = DensityLoss(maps.Density, batch);
        Tensor total = score + 0.5 * offset + options.DensityWeight * density;
        if (teacher is not null)
            total = total + Imitation(maps, teacher, batch);
        return (total, new LossParts(score.item<float>(), offset.item<float>(), density.item<float>()));
    }

    /// <summary>
    /// Smooth L1 between the offset and the way from the cell's centre to the head. Taught where a head is found as much
    /// as where it should be: the positive cell is drawn to the annotation, the peak stays where a head looks most like
    /// one, and where annotators click beside that (on the crown, say) only the peak's offset can say so.
    /// </summary>
    private static Tensor OffsetLoss(Tensor offset, IReadOnlyList<CropTargets> batch, List<Positive> taught)
    {
        int side = (int)offset.shape[3], cells = side * side;
        var target = new float[batch.Count * 2 * cells];
        var mask = new float[batch.Count * 2 * cells];
        float[] balance = Balance.Weights(batch);
        foreach ((int b, int cell, int head) in taught)
        {
            int dx = b * 2 * cells + cell, dy = dx + cells;
            target[dx] = batch[b].Crop.X[head] / HeadTopology.ScoreStride - (cell % side + 0.5f);
            target[dy] = batch[b].Crop.Y[head] / HeadTopology.ScoreStride - (cell / side + 0.5f);
            mask[dx] = mask[dy] = batch[b].Crop.IsComplete ? balance[b] : 0;
        }
        using Tensor targets = tensor(target, offset.shape), masks = tensor(mask, offset.shape);
        Tensor difference = functional.smooth_l1_loss(offset, targets, Reduction.None, beta: 0.25);
        return (difference * masks).sum() / Math.Max(mask.Sum(), 1);
    }

    /// <summary>
    /// Distillation after Hinton et al., "Distilling the Knowledge in a Neural Network" (2015), at temperature 1: the teacher's
    /// scores are soft targets, its offsets count where it sees a head.
    /// </summary>
    private Tensor Imitation(HeadTensors maps, HeadTensors teacher, IReadOnlyList<CropTargets> batch)
    {
        using Tensor probability = teacher.Logits.sigmoid(), balance = tensor(Balance.Weights(batch), [batch.Count, 1, 1, 1]);
        using Tensor seen = probability * balance, weights = seen + balance;
        Tensor score = functional.binary_cross_entropy_with_logits(maps.Logits, probability, weights, Reduction.Sum)
            * (0.5 / Balance.Normaliser(batch));
        Tensor difference = functional.smooth_l1_loss(maps.Offset, teacher.Offset, Reduction.None, beta: 0.25);
        Tensor offset = (difference * seen).sum() / seen.sum().clamp_min(1);
        return score + 0.5 * offset + options.DensityWeight * DensityLoss(maps.Density, teacher.Density, batch, Balance.Weights(batch));
    }

    private static Tensor DensityLoss(Tensor density, IReadOnlyList<CropTargets> batch)
    {
        using Tensor target = tensor(batch.SelectMany(t => t.Counts).ToArray(), density.shape);
        return DensityLoss(density, target, batch, [.. Balance.Weights(batch).Zip(batch, (weight, targets) => targets.Crop.IsComplete ? weight : 0)]);
    }

    /// <summary>Absolute errors of the counts in blocks and in the whole crop.</summary>
    private static Tensor DensityLoss(Tensor density, Tensor target, IReadOnlyList<CropTargets> batch, float[] cropWeights)
    {
        long side = density.shape[3];
        using Tensor weights = tensor(cropWeights, [batch.Count, 1, 1, 1]);
        Tensor loss = zeros(1);
        foreach ((long block, double weight) in DensityBlocks.Where(b => side % b.Side == 0).Append((side, 1)))
        {
            Tensor own = functional.avg_pool2d(density, block), truth = functional.avg_pool2d(target, block);
            loss = loss + ((own - truth).abs() * weights).sum() * (weight * block * block);
        }
        return loss.sum() / Balance.Normaliser(batch);
    }
}
