using System.Diagnostics;
using System.Text.Json;

namespace HeadCount.Training.Cli;

/// <summary>Progress and result for other programs (<c>--progress json</c>): a JSON object a line.</summary>
internal sealed class ProgressLines
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(0.5);

    private long _last;

    /// <summary>Steps now and then, and every message, on standard error.</summary>
    internal void Report(TrainingProgress progress)
    {
        if (progress.Message is null && _last != 0 && Stopwatch.GetElapsedTime(_last) < s_between)
            return;
        _last = Stopwatch.GetTimestamp();
        // Until the first steps are timed nothing is known of the time.
        double? secondsLeft = progress.CropsPerSecond > 0 ? Math.Round(progress.Remaining.TotalSeconds) : null;
        Console.Error.WriteLine(JsonSerializer.Serialize(
            new { progress.Step, progress.Steps, secondsLeft, progress.Message }, JsonSerializerOptions.Web));
    }

    /// <summary>What fine-tuning gave, on standard output.</summary>
    internal static void Write(FineTuningResult result) => Console.WriteLine(JsonSerializer.Serialize(new
    {
        model = Path.GetFullPath(result.Model),
        result.Pictures,
        result.HeldBack,
        before = Score(result.Before),
        after = Score(result.After),
        result.IsBetter,
    }, JsonSerializerOptions.Web));

    private static object Score(FineTuningScore score) => new { mae = score.MeanAbsoluteError, f1 = score.F1 };
}
