using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>True heads that have something in common, and how many of them were found.</summary>
/// <param name="Name">What they have in common, such as <c>10–15</c>.</param>
/// <param name="Heads">How many there are.</param>
/// <param name="Found">How many of them were found.</param>
public sealed record HeadGroup(string Name, long Heads, long Found)
{
    /// <summary>Heads that were missed.</summary>
    public long Missed => Heads - Found;

    /// <summary>Found / Heads in 0..1; null without heads.</summary>
    public double? Recall => Heads > 0 ? (double)Found / Heads : null;
}

/// <summary>False alarms by their distance to the nearest true head.</summary>
/// <param name="Name">The kind, such as <c>near miss</c>.</param>
/// <param name="From">Pixels from which it begins, not inclusive but for 0.</param>
/// <param name="To">Pixels to which it reaches, inclusive; infinite for the last kind.</param>
/// <param name="Count">How many there are.</param>
public sealed record FalseAlarmKind(string Name, double From, double To, long Count);

/// <summary>Where heads are missed and false alarms stand, over a set of pictures at one matching radius.</summary>
public sealed record ErrorAnalysis
{
    /// <summary>Rows and columns of <see cref="ByPosition"/>.</summary>
    public const int PositionCells = 3;

    /// <summary>Pixels around a head in which others make up its local density.</summary>
    public const double DensityReach = 50;

    private static readonly double[] SpacingEdges = [6, 10, 15, 25, 40, 70];
    private static readonly int[] DensityEdges = [1, 3, 6, 11, 21];

    /// <summary>Matching radius in pixels.</summary>
    public required double Radius { get; init; }

    /// <summary>Sums over the pictures.</summary>
    public required LocalizationScore Score { get; init; }

    /// <summary>Mean distance of the pairs in pixels; null without pairs.</summary>
    public required double? MeanDistance { get; init; }

    /// <summary>True heads by the distance to the nearest other one of the picture, in pixels: below 6, 6–10, 10–15,
    /// 15–25, 25–40, 40–70, from 70 on (a lone head too); lower ends are inclusive.</summary>
    public required IReadOnlyList<HeadGroup> BySpacing { get; init; }

    /// <summary>True heads by the number of others within <see cref="DensityReach"/> pixels: 0, 1–2, 3–5, 6–10, 11–20,
    /// more.</summary>
    public required IReadOnlyList<HeadGroup> ByDensity { get; init; }

    /// <summary>True heads by the third of the picture they stand in, row after row from the upper left; one outside
    /// the frame belongs to the nearest. Null where picture sizes are unknown.</summary>
    public required IReadOnlyList<HeadGroup>? ByPosition { get; init; }

    /// <summary>False alarms: doubles, within the radius of a head that another detection has found; near misses, up to
    /// two radii from one; beside heads, up to four; far away (in pictures without heads too).</summary>
    public required IReadOnlyList<FalseAlarmKind> FalseAlarms { get; init; }

    /// <summary>Analyses a set of pictures.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="radius">Matching radius in pixels, above 0.</param>
    /// <exception cref="ArgumentException">The radius is not above 0, or a coordinate is not finite.</exception>
    public static ErrorAnalysis Of(IReadOnlyList<EvaluatedImage> images, double radius)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(radius);
        var spacing = new Tally(SpacingEdges.Length + 1);
        var density = new Tally(DensityEdges.Length + 1);
        Tally? position = images.All(image => image.Size is not null) ? new(PositionCells * PositionCells) : null;
        double[] reaches = [radius, 2 * radius, 4 * radius, double.PositiveInfinity];
        long[] falseAlarms = new long[reaches.Length];
        var score = new LocalizationScore();
        double distance = 0;
        foreach (EvaluatedImage image in images)
        {
            var pairs = PointMatcher.Match(image.Truth, image.Predictions, radius);
            score += LocalizationScore.Of(pairs.Count, image.Truth.Count, image.Predictions.Count);
            distance += pairs.Sum(pair => pair.Distance);
            HashSet<int> found = [.. pairs.Select(pair => pair.Truth)];
            HashSet<int> hits = [.. pairs.Select(pair => pair.Prediction)];
            var index = new PointIndex(image.Truth);
            var near = new List<Candidate>();
            for (int i = 0; i < image.Truth.Count; i++)
            {
                HeadPoint head = image.Truth[i];
                double apart = index.NearestOther(i);
                spacing.Add(SpacingEdges.Count(edge => apart >= edge), found.Contains(i));
                near.Clear();
                index.Within(head.X, head.Y, DensityReach, near);
                density.Add(DensityEdges.Count(edge => near.Count - 1 >= edge), found.Contains(i));
                if (image.Size is (int width, int height))
                    position?.Add(Third(head.Y, height) * PositionCells + Third(head.X, width), found.Contains(i));
            }
            for (int i = 0; i < image.Predictions.Count; i++)
                if (!hits.Contains(i))
                {
                    double nearest = index.Nearest(image.Predictions[i].X, image.Predictions[i].Y);
                    falseAlarms[Array.FindIndex(reaches, reach => nearest <= reach)]++;
                }
        }
        string[] kinds = ["double", "near miss", "beside heads", "far away"];
        return new ErrorAnalysis
        {
            Radius = radius,
            Score = score,
            MeanDistance = score.TruePositives > 0 ? distance / score.TruePositives : null,
            BySpacing = spacing.Groups("< 6", "6–10", "10–15", "15–25", "25–40", "40–70", "≥ 70"),
            ByDensity = density.Groups("0", "1–2", "3–5", "6–10", "11–20", "> 20"),
            ByPosition = position?.Groups("top left", "top", "top right", "left", "middle", "right",
                "bottom left", "bottom", "bottom right"),
            FalseAlarms = [.. kinds.Select((kind, i) =>
                new FalseAlarmKind(kind, i > 0 ? reaches[i - 1] : 0, reaches[i], falseAlarms[i]))],
        };
    }

    private static int Third(double position, int extent) =>
        (int)Math.Clamp(Math.Floor(position * PositionCells / extent), 0, PositionCells - 1);

    private sealed class Tally(int groups)
    {
        private readonly long[] _heads = new long[groups], _found = new long[groups];

        internal void Add(int group, bool found)
        {
            _heads[group]++;
            _found[group] += found ? 1 : 0;
        }

        internal IReadOnlyList<HeadGroup> Groups(params string[] names) =>
            [.. names.Select((name, i) => new HeadGroup(name, _heads[i], _found[i]))];
    }
}
