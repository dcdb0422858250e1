using HeadCount.Training.Data;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace HeadCount.Training.Losses;

/// <summary>How the score map is taught.</summary>
public enum ScoreLossKind
{
    /// <summary>One positive cell in each head's region, chosen by distance and score; binary cross-entropy.</summary>
    P2R,

    /// <summary>Small Gaussians at the heads; focal loss.</summary>
    Focal,
}

/// <summary>A cell of the score map that stands for a head.</summary>
/// <param name="Crop">Index in the batch.</param>
/// <param name="Cell">Row × columns + column.</param>
/// <param name="Head">Index in the crop.</param>
internal readonly record struct Positive(int Crop, int Cell, int Head);

/// <summary>Losses of the score map. All are sums over cells, weighted by crop, divided by the heads of the batch.</summary>
/// <param name="kind">How the map is taught.</param>
internal sealed class ScoreLoss(ScoreLossKind kind)
{
    /// <summary>Heads farther away than this have no claim on a cell, pixels.</summary>
    private const float Reach = 48;

    /// <param name="logits">[N, 1, n, n].</param>
    /// <param name="batch">N crops.</param>
    /// <param name="stride">Pixels per cell.</param>
    /// <returns>The loss, the cells that are taught to stand for heads, and those that would be found for them now.</returns>
    internal (Tensor Loss, List<Positive> Positives, List<Positive> Peaks) Of(Tensor logits, IReadOnlyList<CropTargets> batch, int stride) =>
        kind == ScoreLossKind.P2R ? P2R(logits, batch) : Focal(logits, batch, stride);

    /// <summary>
    /// Point-to-region matching after Lin et al., "Point-to-Region Loss for Semi-Supervised Point-Based Crowd
    /// Counting" (CVPR 2025): in the region nearest to a head, the cell that minimises
    /// 8 × distance / radius − logit is positive, every other one negative.
    /// </summary>
    private static (Tensor, List<Positive>, List<Positive>) P2R(Tensor logits, IReadOnlyList<CropTargets> batch)
    {
        // Half the distance to the region's far end is what a wrong cell may cost; tight in crowds, never lax.
        const float MinRadius = 4, MaxRadius = 16, DistanceWeight = 8;
        // A score of .27: below, nothing would be found.
        const float LeastPeak = -1;
        ReadOnlySpan<float> scores = logits.detach().contiguous().data<float>().ToArray();
        int cells = (int)(logits.shape[2] * logits.shape[3]);
        var target = new float[batch.Count * cells];
        var weight = new float[batch.Count * cells];
        float[] balance = Balance.Weights(batch);
        List<Positive> positives = [], peaks = [];
        for (int b = 0; b < batch.Count; b++)
        {
            (int[] head, float[] distance) = batch[b].Nearest;
            int heads = batch[b].Crop.X.Length;
            weight.AsSpan(b * cells, cells).Fill(!batch[b].Crop.IsComplete ? 0 : heads == 0 ? balance[b] / 2 : balance[b]);
            var radius = new float[heads];
            for (int i = 0; i < cells; i++)
            {
                if (head[i] >= 0 && distance[i] < Reach)
                    radius[head[i]] = Math.Max(radius[head[i]], distance[i]);
            }
            int[] best = Enumerable.Repeat(-1, heads).ToArray(), peak = [.. best];
            var lowest = new float[heads];
            Array.Fill(lowest, float.MaxValue);
            for (int i = 0; i < cells; i++)
            {
                int h = head[i];
                if (h < 0 || distance[i] >= Reach)
                    continue;
                float reach = Math.Clamp(radius[h], MinRadius, MaxRadius), logit = scores[b * cells + i];
                float cost = DistanceWeight * distance[i] / reach - logit;
                if (cost < lowest[h])
                    (lowest[h], best[h]) = (cost, i);
                if (distance[i] <= reach && logit > LeastPeak && (peak[h] < 0 || logit > scores[b * cells + peak[h]]))
                    peak[h] = i;
            }
            for (int h = 0; h < heads; h++)
            {
                if (best[h] < 0)
                    continue;
                target[b * cells + best[h]] = 1;
                weight[b * cells + best[h]] = 2 * balance[b];
                positives.Add(new Positive(b, best[h], h));
                if (peak[h] >= 0)
                    peaks.Add(new Positive(b, peak[h], h));
            }
        }
        using Tensor targets = tensor(target, logits.shape), weights = tensor(weight, logits.shape);
        Tensor loss = functional.binary_cross_entropy_with_logits(logits, targets, weights, Reduction.Sum);
        return (loss * (0.5 / Balance.Normaliser(batch)), positives, peaks);
    }

    /// <summary>
    /// The penalty-reduced focal loss of Law and Deng, "CornerNet" (ECCV 2018), on Gaussians whose width follows the
    /// heads' spacing.
    /// </summary>
    private static (Tensor, List<Positive>, List<Positive>) Focal(Tensor logits, IReadOnlyList<CropTargets> batch, int stride)
    {
        const float WidthPerSpacing = 0.15f, MinWidth = 0.6f, MaxWidth = 2f;
        int side = (int)logits.shape[3], cells = side * side;
        var heat = new float[batch.Count * cells];
        var positives = new List<Positive>();
        for (int b = 0; b < batch.Count; b++)
        {
            Crop crop = batch[b].Crop;
            Span<float> map = heat.AsSpan(b * cells, cells);
            for (int h = 0; h < crop.X.Length; h++)
            {
                float x = crop.X[h] / stride, y = crop.Y[h] / stride;
                float width = Math.Clamp(WidthPerSpacing * crop.Spacing[h] / stride, MinWidth, MaxWidth);
                int column = (int)x, row = (int)y, reach = (int)(3 * width) + 1;
                for (int r = Math.Max(row - reach, 0); r <= Math.Min(row + reach, side - 1); r++)
                {
                    for (int c = Math.Max(column - reach, 0); c <= Math.Min(column + reach, side - 1); c++)
                    {
                        float dx = c + 0.5f - x, dy = r + 0.5f - y;
                        float value = MathF.Exp(-(dx * dx + dy * dy) / (2 * width * width));
                        map[r * side + c] = Math.Max(map[r * side + c], Math.Min(value, 0.999f));
                    }
                }
                positives.Add(new Positive(b, row * side + column, h));
            }
            foreach (Positive positive in positives)
            {
                if (positive.Crop == b)
                    map[positive.Cell] = 1;
            }
        }
        using Tensor target = tensor(heat, logits.shape);
        using Tensor positive1 = target.eq(1f).to(float32);
        Tensor p = sigmoid(logits).clamp(1e-5, 1 - 1e-5);
        Tensor hit = positive1 * (1 - p).square() * log(p);
        Tensor miss = (1 - positive1) * (1 - target).pow(4) * p.square() * log(1 - p);
        using Tensor weights = tensor(Balance.Weights(batch), [batch.Count, 1, 1, 1]);
        return (((hit + miss) * weights).sum().neg() / Balance.Normaliser(batch), positives, []);
    }
}
