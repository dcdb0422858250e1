using System.Globalization;
using System.Text.Json.Nodes;
using HeadCount.Annotations;
using HeadCount.Training.Data;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training;

/// <summary>Scores of one list at the chosen threshold.</summary>
/// <param name="List">The split file's name.</param>
/// <param name="Truth">Heads annotated.</param>
/// <param name="MeanAbsoluteError">Of the number of points, a picture.</param>
/// <param name="RootMeanSquareError">Of the number of points, a picture.</param>
/// <param name="DensityError">Mean absolute error of the density's sum.</param>
/// <param name="F1At4">F1 at 4 px.</param>
/// <param name="F1At8">F1 at 8 px.</param>
internal sealed record ListScores(
    string List, int Truth, double MeanAbsoluteError, double RootMeanSquareError, double DensityError, double F1At4, double F1At8);

/// <summary>A validation: the threshold it chose and the scores of every list there.</summary>
internal sealed record ValidationResult(double Threshold, IReadOnlyList<ListScores> Lists)
{
    /// <summary>What a false head on a picture without people takes away: half a point of F1.</summary>
    private const double FalseHeadPenalty = 0.005;

    /// <summary>
    /// Mean F1 (4 and 8 px) of the lists with heads, less a penalty for false heads where there are none: what the
    /// threshold and the best weights are chosen by.
    /// </summary>
    internal double Quality =>
        Lists.Where(l => l.Truth > 0).Average(l => (l.F1At4 + l.F1At8) / 2)
        - FalseHeadPenalty * Lists.Where(l => l.Truth == 0).Sum(l => l.MeanAbsoluteError);

    internal JsonObject ToJson() => new()
    {
        ["quality"] = Math.Round(Quality, 5),
        ["threshold"] = Math.Round(Threshold, 3),
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
        return string.Create(CultureInfo.InvariantCulture, $"quality {Quality:f4} at threshold {Threshold:f2}: {lists}");
    }
}

/// <summary>Runs a network over the validation lists, whole pictures at a time.</summary>
internal sealed class Validation
{
    /// <summary>Peaks below this are never considered.</summary>
    private const double LowestThreshold = 0.1;

    private static readonly double[] Thresholds = [.. Enumerable.Range(3, 12).Select(i => i * 0.05)];

    private readonly (string Name, TrainingPicture[] Pictures)[] _lists;

    private Validation((string, TrainingPicture[])[] lists) => _lists = lists;

    internal static Validation Load(TrainingOptions options) => new(
        [.. options.Validation.Select(l => (Path.GetFileNameWithoutExtension(l), TrainingSet.LoadList(options.Dataset, l)))]);

    internal ValidationResult Run(HeadNetwork network, ScalarType precision)
    {
        var found = _lists.Select(l => l.Pictures.Select(p => Found.In(p, network, precision)).ToArray()).ToArray();
        return Thresholds.Select(t => new ValidationResult(t, [.. _lists.Select((l, i) => Score(l.Name, l.Pictures, found[i], t))]))
            .MaxBy(r => r.Quality)!;
    }

    private static ListScores Score(string name, TrainingPicture[] pictures, Found[] found, double threshold)
    {
        int truth = 0, detected = 0, at4 = 0, at8 = 0;
        double absolute = 0, squared = 0, density = 0;
        for (int i = 0; i < pictures.Length; i++)
        {
            HeadPoint[] heads = [.. found[i].Heads.Where(h => h.Score >= threshold)];
            HeadPoint[] annotated = [.. pictures[i].X.Zip(pictures[i].Y, (x, y) => new HeadPoint(x, y))];
            truth += annotated.Length;
            detected += heads.Length;
            at4 += TempMatcher.Count(heads, annotated, 4);
            at8 += TempMatcher.Count(heads, annotated, 8);
            double error = heads.Length - annotated.Length;
            absolute += Math.Abs(error);
            squared += error * error;
            density += Math.Abs(found[i].DensitySum - annotated.Length);
        }
        int n = pictures.Length;
        return new ListScores(name, truth, absolute / n, Math.Sqrt(squared / n), density / n, F1(at4), F1(at8));

        double F1(int hits) => truth + detected == 0 ? 1 : 2.0 * hits / (truth + detected);
    }

    /// <summary>What the network finds in one picture.</summary>
    private sealed record Found(HeadPoint[] Heads, double DensitySum)
    {
        internal static Found In(TrainingPicture picture, HeadNetwork network, ScalarType precision)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            int width = picture.Image.Width, height = picture.Image.Height;
            Tensor image = tensor(picture.Image.Pixels, [1, height, width, 3]);
            HeadMaps maps = network.Forward(PadToMultiple(image), training: false, precision);
            float[] score = maps.Logits.sigmoid().contiguous().data<float>().ToArray();
            float[] offset = maps.Offset.contiguous().data<float>().ToArray();
            double density = maps.Density[.., .., ..((height + 3) / 4), ..((width + 3) / 4)].sum().item<float>();
            int columns = (int)maps.Logits.shape[3], rows = (int)maps.Logits.shape[2];
            return new Found(TempPeaks(score, offset, columns, rows, width, height), density);
        }

        private static HeadPoint[] TempPeaks(float[] score, float[] offset, int columns, int rows, int width, int height)
        {
            var heads = new List<HeadPoint>();
            int cells = columns * rows;
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                {
                    float s = score[r * columns + c];
                    if (s < LowestThreshold) continue;
                    bool peak = true;
                    for (int y = Math.Max(r - 1, 0); peak && y <= Math.Min(r + 1, rows - 1); y++)
                        for (int x = Math.Max(c - 1, 0); x <= Math.Min(c + 1, columns - 1); x++)
                        {
                            float o = score[y * columns + x];
                            if (o > s || o == s && (y < r || y == r && x < c)) { peak = false; break; }
                        }
                    if (!peak) continue;
                    double hx = (c + .5 + offset[r * columns + c]) * 2, hy = (r + .5 + offset[cells + r * columns + c]) * 2;
                    if (hx >= 0 && hy >= 0 && hx < width && hy < height) heads.Add(new HeadPoint(hx, hy, s));
                }
            return [.. heads];
        }

        /// <summary>Mirrors the right and lower border until the sides are multiples of what the network needs.</summary>
        private static Tensor PadToMultiple(Tensor image)
        {
            long height = image.shape[1], width = image.shape[2], multiple = HeadTopology.InputMultiple;
            long right = (multiple - width % multiple) % multiple, below = (multiple - height % multiple) % multiple;
            if (below > 0)
                image = cat([image, image.narrow(1, height - 1 - below, below).flip(1)], 1);
            if (right > 0)
                image = cat([image, image.narrow(2, width - 1 - right, right).flip(2)], 2);
            return image;
        }
    }
}

internal static class TempMatcher
{
    internal static int Count(HeadPoint[] a, HeadPoint[] b, double radius)
    {
        var grid = new Dictionary<(int, int), List<int>>();
        for (int i = 0; i < a.Length; i++)
        {
            var k = ((int)(a[i].X / radius), (int)(a[i].Y / radius));
            if (!grid.TryGetValue(k, out var l)) grid[k] = l = [];
            l.Add(i);
        }
        var near = new List<int>[b.Length];
        for (int j = 0; j < b.Length; j++)
        {
            near[j] = [];
            int gx = (int)(b[j].X / radius), gy = (int)(b[j].Y / radius);
            for (int y = gy - 1; y <= gy + 1; y++)
                for (int x = gx - 1; x <= gx + 1; x++)
                    if (grid.TryGetValue((x, y), out var l))
                        foreach (int i in l)
                            if ((a[i].X - b[j].X) * (a[i].X - b[j].X) + (a[i].Y - b[j].Y) * (a[i].Y - b[j].Y) <= radius * radius)
                                near[j].Add(i);
        }
        var owner = new int[a.Length];
        Array.Fill(owner, -1);
        var seen = new int[a.Length];
        int count = 0, stamp = 0;
        bool Try(int j)
        {
            foreach (int i in near[j])
            {
                if (seen[i] == stamp) continue;
                seen[i] = stamp;
                if (owner[i] < 0 || Try(owner[i])) { owner[i] = j; return true; }
            }
            return false;
        }
        for (int j = 0; j < b.Length; j++) { stamp++; if (Try(j)) count++; }
        return count;
    }
}
