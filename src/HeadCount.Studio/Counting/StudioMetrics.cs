using System.Diagnostics.Metrics;

namespace HeadCount.Studio.Counting;

/// <summary>Numbers for Prometheus.</summary>
public sealed class StudioMetrics
{
    internal const string MeterName = "HeadCount.Studio";

    private readonly Counter<long> _pictures, _heads;
    private readonly Histogram<double> _seconds;

    public StudioMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _pictures = meter.CreateCounter<long>("headcount.pictures", description: "Pictures counted or failed");
        _heads = meter.CreateCounter<long>("headcount.heads", description: "Heads found");
        _seconds = meter.CreateHistogram<double>("headcount.picture.duration", "s", "From one picture's end to the next one's");
    }

    internal void Counted(int heads, double seconds)
    {
        _pictures.Add(1, new KeyValuePair<string, object?>("outcome", "done"));
        _heads.Add(heads);
        _seconds.Record(seconds);
    }

    internal void Failed() => _pictures.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
}
