using System.Text.Json;
using System.Text.Json.Serialization;
using HeadCount.Annotations;

namespace HeadCount.Evaluation;

/// <summary>
/// Everything that is said of a set of pictures, and the JSON object of <c>evaluate --json</c> and
/// <c>score --json</c>.
/// </summary>
public sealed record EvaluationSummary
{
    private const int ChanceSeed = 1;

    private EvaluationSummary(CountingErrors counting) => Counting = counting;

    /// <summary>Number of pictures.</summary>
    public required int Images { get; init; }

    /// <summary>Number of true heads.</summary>
    public required long Heads { get; init; }

    /// <summary>Number of detected heads.</summary>
    public required long Detections { get; init; }

    /// <summary>Counting errors over the pictures.</summary>
    [JsonIgnore]
    public CountingErrors Counting { get; }

    /// <summary>Mean absolute count error in heads.</summary>
    public double Mae => Counting.Mae;

    /// <summary>Root mean squared count error in heads.</summary>
    public double Rmse => Counting.Rmse;

    /// <summary>Mean relative count error over pictures with heads; null where there are none.</summary>
    public double? Nae => Counting.Nae;

    /// <summary>Mean <see cref="Evaluation.Game"/> at levels 0 to 3; null where picture sizes are unknown.</summary>
    public required IReadOnlyList<double>? Game { get; init; }

    /// <summary>Scores at each matching radius, in the order asked for.</summary>
    public required IReadOnlyList<LocalizationResult> Localization { get; init; }

    /// <summary>Seconds that the run took.</summary>
    public double Seconds { get; init; }

    /// <summary>The model that found the heads; null where they were read from a file.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Mean distance in pixels from a true head to the nearest other one in its picture; a matching radius near or
    /// above half of it no longer tells neighbours apart. Null where no picture has two heads.
    /// </summary>
    [JsonIgnore]
    public double? MeanNeighbourDistance { get; init; }

    /// <summary>Compares detections with truth, both without what stands in ignored regions.</summary>
    /// <param name="images">The pictures, at least one.</param>
    /// <param name="radii">The matching radii, at least one; a σ needs pictures that state it.</param>
    /// <exception cref="ArgumentException">Pictures or radii are missing, or a coordinate is not finite.</exception>
    /// <exception cref="InvalidOperationException">A σ is asked for and a picture's truth states none.</exception>
    public static EvaluationSummary Of(IReadOnlyList<EvaluatedImage> images, IReadOnlyList<MatchingRadius> radii)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(radii);
        if (images.Count == 0 || radii.Count == 0)
            throw new ArgumentException("At least one picture and one radius are needed.");
        images = [.. images.Select(image => image.WithoutIgnored())];
        bool sized = images.All(image => image.Size is not null);
        // Without any head chance has nothing to hit.
        var chance = sized && images.Any(image => image.Truth.Count > 0) ? RandomPredictions(images) : null;
        var counts = images.Select(image => (image.Truth.Count, (double)image.Predictions.Count));
        return new EvaluationSummary(CountingErrors.Of(counts))
        {
            Images = images.Count,
            Heads = images.Sum(image => (long)image.Truth.Count),
            Detections = images.Sum(image => (long)image.Predictions.Count),
            Game = sized ? MeanGame(images) : null,
            Localization = [.. radii.Select(radius => Localize(images, radius) with
            {
                ChanceF1 = chance is null ? null : Localize(chance, radius).F1,
            })],
            MeanNeighbourDistance = NeighbourDistance(images),
        };
    }

    /// <summary>The summary as one indented JSON object, encoded in UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, EvaluationJson.Default.EvaluationSummary);

    private static LocalizationResult Localize(IReadOnlyList<EvaluatedImage> images, MatchingRadius radius)
    {
        var micro = new LocalizationScore();
        double precision = 0, recall = 0, f1 = 0, distance = 0;
        foreach (EvaluatedImage image in images)
        {
            var pairs = PointMatcher.Match(image.Truth, image.Predictions, radius.For(image));
            var score = LocalizationScore.Of(pairs.Count, image.Truth.Count, image.Predictions.Count);
            micro += score;
            precision += score.Precision;
            recall += score.Recall;
            f1 += score.F1;
            distance += pairs.Sum(pair => pair.Distance);
        }
        return new LocalizationResult
        {
            Radius = radius,
            Micro = micro,
            MacroPrecision = precision / images.Count,
            MacroRecall = recall / images.Count,
            MacroF1 = f1 / images.Count,
            MeanDistance = micro.TruePositives > 0 ? distance / micro.TruePositives : null,
        };
    }

    /// <summary>The pictures with as many uniformly random points in the frame as they have true heads.</summary>
    private static List<EvaluatedImage> RandomPredictions(IReadOnlyList<EvaluatedImage> images)
    {
        var random = new Random(ChanceSeed);
        return [.. images.Select(image => image with
        {
            Predictions = [.. image.Truth.Select(_ => new HeadPoint(
                random.NextDouble() * image.Size!.Value.Width, random.NextDouble() * image.Size!.Value.Height))],
        })];
    }

    private static double[] MeanGame(IReadOnlyList<EvaluatedImage> images)
    {
        double[] mean = new double[Evaluation.Game.Levels];
        foreach (EvaluatedImage image in images)
        {
            (int width, int height) = image.Size!.Value;
            var errors = Evaluation.Game.Errors(image.Truth, image.Predictions, width, height);
            for (int level = 0; level < mean.Length; level++)
                mean[level] += (double)errors[level] / images.Count;
        }
        return mean;
    }

    private static double? NeighbourDistance(IReadOnlyList<EvaluatedImage> images)
    {
        double sum = 0;
        long count = 0;
        foreach (EvaluatedImage image in images.Where(image => image.Truth.Count > 1))
        {
            var grid = new PointIndex(image.Truth);
            for (int i = 0; i < image.Truth.Count; i++)
                sum += grid.NearestOther(i);
            count += image.Truth.Count;
        }
        return count > 0 ? sum / count : null;
    }
}

/// <summary>Source-generated JSON of the summary.</summary>
[JsonSerializable(typeof(EvaluationSummary))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
internal sealed partial class EvaluationJson : JsonSerializerContext;
