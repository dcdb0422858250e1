using System.Diagnostics.Metrics;
using HeadCount.Studio.Storage;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Counting;

/// <summary>Numbers for Prometheus.</summary>
public sealed class StudioMetrics
{
    internal const string MeterName = "HeadCount.Studio";

    private readonly Counter<long> _pictures, _heads, _wrongKeys;
    private readonly Histogram<double> _seconds, _atOnceSeconds;

    public StudioMetrics(IMeterFactory meters, IDbContextFactory<StudioContext> contexts, EventHub events, Benches benches, StudioOptions options)
    {
        Meter meter = meters.Create(MeterName);
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 50, 100, 250] };
        _pictures = meter.CreateCounter<long>("headcount.pictures", description: "Pictures of projects counted or failed");
        _heads = meter.CreateCounter<long>("headcount.heads", description: "Heads found");
        _wrongKeys = meter.CreateCounter<long>("headcount.wrong_keys", description: "Calls with a key that is none");
        _seconds = meter.CreateHistogram("headcount.picture.duration", "s", "From one picture's end to the next one's", null, buckets);
        _atOnceSeconds = meter.CreateHistogram("headcount.count.duration", "s", "/api/count, with the wait for its turn", null, buckets);
        meter.CreateObservableGauge("headcount.queue", () => Queue(contexts).Length, description: "Pictures of projects that wait");
        meter.CreateObservableGauge("headcount.queue.age", () => Queue(contexts).Seconds, "s", "How long the oldest of them has waited");
        meter.CreateObservableGauge("headcount.callers.waiting",
            () => new[] { ("network", benches.Network), ("drawing", benches.Drawing) }.Select(turns => new Measurement<int>(
                turns.Item2.Waiting, new KeyValuePair<string, object?>("turn", turns.Item1))), description: "Callers that wait for a count or a drawing");
        meter.CreateObservableGauge("headcount.disk.free", () => DiskSpace.Free(options.Data) ?? 0, "By", "Free where the pictures are");
        meter.CreateObservableGauge("headcount.stalled", () => IsStalled ? 1 : 0, description: "1 while pictures wait because something is wrong");
        meter.CreateObservableGauge("headcount.listeners", () => events.Count, description: "Pages that follow a project");
    }

    /// <summary>Whether pictures wait because of a full disk or a database that is away.</summary>
    internal bool IsStalled { get; set; }

    internal void Counted(int heads, double seconds)
    {
        _pictures.Add(1, new KeyValuePair<string, object?>("outcome", "done"));
        _heads.Add(heads);
        _seconds.Record(seconds);
    }

    internal void Failed() => _pictures.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    internal void CountedAtOnce(int? heads, double seconds)
    {
        if (heads is int found)
            _heads.Add(found);
        _atOnceSeconds.Record(seconds, new KeyValuePair<string, object?>("outcome", heads is null ? "failed" : "done"));
    }

    internal void WrongKey() => _wrongKeys.Add(1);

    private static (int Length, double Seconds) Queue(IDbContextFactory<StudioContext> contexts)
    {
        using StudioContext db = contexts.CreateDbContext();
        IQueryable<PictureRow> waiting = db.Pictures.Where(picture => picture.State == PictureState.Queued);
        return waiting.Min(picture => (long?)picture.Order) is long first
            ? (waiting.Count(), Math.Max(0, (DateTime.UtcNow.Ticks - first) / (double)TimeSpan.TicksPerSecond))
            : (0, 0);
    }
}
