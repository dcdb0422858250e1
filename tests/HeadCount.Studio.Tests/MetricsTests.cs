using HeadCount.Tests;
using Xunit;

namespace HeadCount.Studio.Tests;

/// <summary>Tests that see every studio of this process, so that no other may run beside them.</summary>
[CollectionDefinition(nameof(AloneTests), DisableParallelization = true)]
public sealed class AloneTests;

/// <summary>What <c>/metrics</c> tells.</summary>
[Collection(nameof(AloneTests))]
public class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_TellOfQueueDiskAndEveryCount()
    {
        using var folder = new TempFolder();
        await using Studio studio = await Studio.StartAsync(folder);
        string project = await studio.CreateProjectAsync();
        await studio.UploadAsync(project, ("a.png", Studio.Dots(3)));
        await studio.CountedAsync(project);
        await studio.Http.PostAsync("/api/count", new ByteArrayContent(Studio.Dots(5)), Cancellation);
        await studio.Http.PostAsync("/api/count", new ByteArrayContent("no picture"u8.ToArray()), Cancellation);
        string metrics = await studio.Http.GetStringAsync("/metrics", Cancellation);
        double Value(string start) => double.Parse(metrics.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal)).Split("} ")[1].Split(' ')[0],
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(8, Value("headcount_heads_total{"));
        Assert.Equal(0, Value("headcount_queue{"));
        Assert.Equal(0, Value("headcount_queue_age_seconds{"));
        Assert.Equal(0, Value("headcount_listeners{"));
        Assert.Equal(0, Value("headcount_stalled{"));
        Assert.InRange(Value("headcount_disk_free_bytes{"), 1, double.MaxValue);
        Assert.Equal(2, metrics.Split('\n').Count(line => line.StartsWith("headcount_count_duration_seconds_count{", StringComparison.Ordinal)));
        Assert.Contains("le=\"0.005\"", metrics, StringComparison.Ordinal);
        Assert.Contains("service_name=\"headcount-studio\"", metrics, StringComparison.Ordinal);
    }
}
