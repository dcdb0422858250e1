using System.Globalization;
using System.Text.Json.Nodes;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Inference;
using HeadCount.Localization;
using HeadCount.Training.Data;
using HeadCount.Training.Networks;
using HeadCount.Training.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training;

/// <summary>Scores of one list at the chosen threshold.</summary>
/// <param name="List">The split file's name.</param>
/// <param name="Pictures">Pictures in the list.</param>
/// <param name="Truth">Heads annotated.</param>
/// <param name="MeanAbsoluteError">Of the number of points, a picture.</param>
/// <param name="RootMeanSquareError">Of the number of points, a picture.</param>
/// <param name="DensityError">Mean absolute error of the density's sum.</param>
/// <param name="F1At4">F1 at 4 px.</param>
/// <param name="F1At8">F1 at 8 px.</param>
internal sealed record ListScores(
    string List, int Pictures, int Truth, double MeanAbsoluteError, double RootMeanSquareError, double DensityError, double F1At4, double F1At8);

/// <summary>A validation: the threshold and suppression radius it chose and the scores of every list there.</summary>
internal sealed record PointResult(double Threshold, double SuppressionRadius, IReadOnlyList<ListScores> Lists) : IValidationResult
{
    /// <summary>What a false head on a picture without people takes away: half a point of F1.</summary>
    private const double FalseHeadPenalty = 0.005;

    /// <summary>
    /// Mean F1 (4 and 8 px) of the lists with heads, less a penalty for false heads where there are none: what the best
    /// weights are chosen by and, where it is not flat, the threshold.
    /// </summary>
    public double Quality =>
        Lists.Where(l => l.Truth > 0).Average(l => (l.F1At4 + l.F1At8) / 2)
        - FalseHeadPenalty * Lists.Where(l => l.Truth == 0).Sum(l => l.MeanAbsoluteError);

    /// <summary>Mean over the lists with heads of the counting error a head: what decides where quality is flat.</summary>
    internal double CountingError =>
        Lists.Where(l => l.Truth > 0).Average(l => l.MeanAbsoluteError * l.Pictures / l.Truth);

    public JsonObject ToJson() => new()
    {
        ["quality"] = Math.Round(Quality, 5),
        ["threshold"] = Math.Round(Threshold, 3),
        ["suppressionRadius"] = SuppressionRadius,
        ["lists"] = new JsonObject(Lists.Select(l => KeyValuePair.Create(l.List, (JsonNode?)new JsonObject
        {
            ["mae"] = Math.Round(l.MeanAbsoluteError, 2),
            ["rmse"] = Math.Round(l.RootMeanSquareError, 2),
            ["densityMae"] = Math.Round(l.DensityError, 2),
            ["f1At4"] = Math.Round(l.F1At4, 4),
            ["f1At8"] = Math.Round(l.F1At8, 4),
        }))),
    };

    public override string ToString()
    {
        string lists = string.Join("; ", Lists.Select(l => l.Truth == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{l.List} {l.MeanAbsoluteError:f2} false heads")
            : string.Create(CultureInfo.InvariantCulture,
                $"{l.List} MAE {l.MeanAbsoluteError:f1} (density {l.DensityError:f1}) F1 {l.F1At4:f3} {l.F1At8:f3}")));
        return string.Create(CultureInfo.InvariantCulture, $"quality {Quality:f4} at threshold {Threshold:f2}, radius {SuppressionRadius}: {lists}");
    }
}

/// <summary>Finds the heads of whole pictures.</summary>
internal static class PointValidation
{
    private static readonly double[] Thresholds = [.. Enumerable.Range(8, 26).Select(i => Math.Round(i * 0.025, 3))];

    /// <summary>As in a card that says nothing of it.</summary>
    private const double DensityWeight = 0.75;

    /// <summary>Pixels. The first is what thresholds are compared at.</summary>
    private static readonly double[] SuppressionRadii = [3, 4, 5, 6];

    /// <summary>
    /// Finds the heads of every list and chooses threshold and suppression radius by <see cref="PointResult.Quality"/>, the
    /// threshold with <see cref="ThresholdCurve.Best"/>.
    /// </summary>
    internal static PointResult Run(ValidationPictures pictures, HeadNetwork network, ScalarType precision) =>
        Choose(pictures, SuppressionRadii, picture => Find(picture, network, precision));

    /// <summary>Chooses the threshold of a model file at the default quality; its scores may differ from those of the network it
    /// was made from.</summary>
    internal static PointResult Run(ValidationPictures pictures, HeadModel model)
    {
        var counter = new HeadCounter(model, new CountOptions { Threshold = Thresholds[^1], SweepFrom = Thresholds[0] });
        return Choose(pictures, [model.Card.SuppressionRadius], picture =>
        {
            CountResult result = counter.Count(picture.Pixels());
            return new Found((threshold, _) => result.Sweep!.At(threshold), result.DensitySum!.Value);
        });
    }

    private static PointResult Choose(ValidationPictures pictures, double[] radii, Func<TrainingPicture, Found> find)
    {
        Found[][] found = [.. pictures.Lists.Select(l => l.Pictures.Select(find).ToArray())];
        PointResult At(double threshold, int radius) => new(threshold, radii[radius],
            [.. pictures.Lists.Select((list, i) => Score(list.Name, list.Pictures, found[i], threshold, radius))]);

        double threshold = ThresholdCurve.Best(
            [.. Thresholds.Select(t => At(t, 0))], at => at.Quality, at => at.CountingError).Threshold;
        return Enumerable.Range(0, radii.Length).Select(r => At(threshold, r)).MaxBy(r => r.Quality)!;
    }

    private static ListScores Score(string name, TrainingPicture[] pictures, Found[] found, double threshold, int radius)
    {
        int truth = 0, detected = 0, at4 = 0, at8 = 0;
        double absolute = 0, squared = 0, density = 0;
        for (int i = 0; i < pictures.Length; i++)
        {
            IReadOnlyList<HeadPoint> heads = found[i].Heads(threshold, radius);
            HeadPoint[] annotated = [.. pictures[i].X.Zip(pictures[i].Y, (x, y) => new HeadPoint(x, y))];
            truth += annotated.Length;
            detected += heads.Count;
            at4 += PointMatcher.Match(annotated, heads, 4).Count;
            at8 += PointMatcher.Match(annotated, heads, 8).Count;
            double error = heads.Count - annotated.Length;
            absolute += Math.Abs(error);
            squared += error * error;
            density += Math.Abs(found[i].DensitySum - annotated.Length);
        }
        int n = pictures.Length;
        return new ListScores(name, n, truth, absolute / n, Math.Sqrt(squared / n), density / n, F1(at4), F1(at8));

        double F1(int hits) => truth + detected == 0 ? 1 : 2.0 * hits / (truth + detected);
    }

    private static Found Find(TrainingPicture picture, HeadNetwork network, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int width = picture.Width, height = picture.Height;
        HeadTensors maps = network.Forward(ValidationPictures.Padded(picture.Pixels(), HeadTopology.InputMultiple), training: false, precision);
        Tensor offset = maps.Offset * HeadTopology.ScoreStride;
        var map = new ScoreMap
        {
            Score = maps.Score().contiguous().data<float>().ToArray(),
            OffsetX = offset[.., ..1].contiguous().data<float>().ToArray(),
            OffsetY = offset[.., 1..].contiguous().data<float>().ToArray(),
            Pitch = (int)maps.Logits.shape[3],
            Columns = (width + HeadTopology.ScoreStride - 1) / HeadTopology.ScoreStride,
            Rows = (height + HeadTopology.ScoreStride - 1) / HeadTopology.ScoreStride,
            Stride = HeadTopology.ScoreStride,
        };
        var heads = new HeadPoint[SuppressionRadii.Length][];
        for (int i = 0; i < heads.Length; i++)
        {
            heads[i] = [.. PeakFinder.Find(map, DensityAgreement.Lowest(Thresholds[0]), SuppressionRadii[i])
                .Where(h => h.X >= 0 && h.Y >= 0 && h.X < width && h.Y < height)];
        }
        const int Cell = HeadTopology.DensityStride;
        double density = maps.Density[.., .., ..((height + Cell - 1) / Cell), ..((width + Cell - 1) / Cell)].sum().item<float>();
        return new Found((threshold, radius) =>
        {
            double own = DensityAgreement.Threshold(heads[radius], threshold, density, DensityWeight);
            return [.. heads[radius].Where(head => head.Score >= own)];
        }, density);
    }

    /// <summary>What is found in one picture: its heads at a threshold with a suppression radius, by index.</summary>
    private sealed record Found(Func<double, int, IReadOnlyList<HeadPoint>> Heads, double DensitySum);
}
