using System.Text.Json.Serialization;

namespace HeadCount.Evaluation;

/// <summary>How well heads were placed at one matching radius, over a set of pictures.</summary>
public sealed record LocalizationResult
{
    /// <summary>The matching radius.</summary>
    public required MatchingRadius Radius { get; init; }

    /// <summary>Sums over all pictures.</summary>
    [JsonIgnore]
    public LocalizationScore Micro { get; init; }

    /// <summary>Pairs over all pictures.</summary>
    public long TruePositives => Micro.TruePositives;

    /// <summary>Micro precision in 0..1.</summary>
    public double Precision => Micro.Precision;

    /// <summary>Micro recall in 0..1.</summary>
    public double Recall => Micro.Recall;

    /// <summary>Micro F1 in 0..1.</summary>
    public double F1 => Micro.F1;

    /// <summary>Mean of the pictures' precisions, in which every picture weighs the same.</summary>
    [JsonIgnore]
    public double MacroPrecision { get; init; }

    /// <summary>Mean of the pictures' recalls.</summary>
    [JsonIgnore]
    public double MacroRecall { get; init; }

    /// <summary>Mean of the pictures' F1.</summary>
    [JsonIgnore]
    public double MacroF1 { get; init; }

    /// <summary>Mean distance of the pairs in pixels; null without pairs.</summary>
    [JsonIgnore]
    public double? MeanDistance { get; init; }

    /// <summary>
    /// Micro F1 of as many uniformly random points as there are true heads; null where picture sizes are unknown.
    /// </summary>
    [JsonIgnore]
    public double? ChanceF1 { get; init; }
}
