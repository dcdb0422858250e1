using System.Text.Json;
using System.Text.Json.Nodes;
using HeadCount.Training.Losses;

namespace HeadCount.Training;

/// <summary>How far a run is; stored with every checkpoint.</summary>
internal sealed class RunState
{
    private const double Smoothing = 0.98;

    /// <summary>Steps done.</summary>
    public int Step { get; set; }

    /// <summary>Time spent in all sessions of the run.</summary>
    public double Seconds { get; set; }

    /// <summary>Quality of the best validation so far, or null before the first.</summary>
    public double? Best { get; set; }

    /// <summary>Smoothed losses; null where the recipe has no such part.</summary>
    public double? Score { get; set; }

    /// <summary>See <see cref="Score"/>.</summary>
    public double? Offset { get; set; }

    /// <summary>See <see cref="Score"/>.</summary>
    public double Density { get; set; }

    internal void Smooth(LossParts parts)
    {
        double keep = Math.Min(Smoothing, 1 - 1.0 / Step);
        Score = keep * (Score ?? 0) + (1 - keep) * parts.Score;
        Offset = keep * (Offset ?? 0) + (1 - keep) * parts.Offset;
        Density = keep * Density + (1 - keep) * parts.Density;
    }

    internal JsonObject LogEntry(double learningRate)
    {
        var entry = new JsonObject { ["step"] = Step, ["seconds"] = Math.Round(Seconds, 1) };
        if (Score is { } score)
            entry["score"] = score;
        if (Offset is { } offset)
            entry["offset"] = offset;
        entry["density"] = Density;
        entry["learningRate"] = learningRate;
        return entry;
    }

    internal string ToJson() => JsonSerializer.Serialize(this);

    internal static RunState FromJson(string json) => JsonSerializer.Deserialize<RunState>(json)!;
}
