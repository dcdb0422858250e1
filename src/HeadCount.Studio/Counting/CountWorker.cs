using System.Collections.Concurrent;
using System.Diagnostics;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Localization;
using HeadCount.Studio.Api;
using HeadCount.Studio.Storage;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Counting;

/// <summary>
/// Counts the pictures that wait, in the order of their upload, one decoded while another runs through the network. The
/// queue is the database: what a crash interrupts is counted again after the start, every picture once.
/// </summary>
public sealed partial class CountWorker(IDbContextFactory<StudioContext> contexts, PictureFiles files, Models models, EventHub events,
    StudioMetrics metrics, StudioOptions options, ILogger<CountWorker> log) : BackgroundService
{
    /// <summary>Lowest score that the page's threshold slider reaches: below it several looks find no heads.</summary>
    internal const double LowestScore = 0.3;

    private readonly SemaphoreSlim _work = new(0, 1);

    /// <summary>Says that a picture waits.</summary>
    public void Wake()
    {
        if (_work.CurrentCount == 0)
        {
            try
            {
                _work.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another caller was faster.
            }
        }
    }

    // Counting blocks a thread, so it gets one of its own.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(async () =>
    {
        try
        {
            while (true)
            {
                try
                {
                    Requeue();
                    while (true)
                    {
                        metrics.IsStalled = false;
                        if (NextModel() is { } model)
                            CountWaiting(model, stoppingToken);
                        else
                            await _work.WaitAsync(stoppingToken);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // A full disk, a database that is away: the pictures wait until it is better.
                    metrics.IsStalled = true;
                    if (DiskSpace.IsExhausted(e))
                        LogDiskFull(log, options.Data);
                    else
                        LogTrouble(log, e);
                    await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The studio closes; what is not counted waits for the next start.
        }
    }, CancellationToken.None);

    private void Requeue()
    {
        using StudioContext db = contexts.CreateDbContext();
        db.Pictures.Where(picture => picture.State == PictureState.Counting)
            .ExecuteUpdate(set => set.SetProperty(picture => picture.State, PictureState.Queued));
    }

    // A recount was asked for while it was counted, or it was deleted: the result is of the old question.
    private void Requeue(StudioContext db, Guid id)
    {
        db.Pictures.Where(picture => picture.Id == id && picture.State == PictureState.Counting)
            .ExecuteUpdate(set => set.SetProperty(picture => picture.State, PictureState.Queued));
        Wake();
    }

    private static IQueryable<PictureRow> Waiting(StudioContext db) =>
        db.Pictures.Where(picture => picture.State == PictureState.Queued).OrderBy(picture => picture.Order);

    private string? NextModel()
    {
        using StudioContext db = contexts.CreateDbContext();
        return Waiting(db).Select(picture => picture.Model).FirstOrDefault();
    }

    private void CountWaiting(string modelName, CancellationToken cancellation)
    {
        var started = new ConcurrentQueue<PictureRow>();
        var clock = Stopwatch.StartNew();
        try
        {
            HeadModel model = models.Get(modelName);
            var counter = new HeadCounter(model, new CountOptions
            {
                MaxPixels = options.MaxPixels,
                Quality = options.Quality,
                SweepFrom = Math.Min(LowestScore, model.Card.Threshold),
                // The candidates are wanted as they are; the density has its say below.
                FollowDensity = false,
            });
            int finished = 0;
            long reported = 0;
            var progress = new InlineProgress(done =>
            {
                if (started.TryPeek(out PictureRow? current) && clock.ElapsedMilliseconds - reported > 200 && done > finished)
                {
                    reported = clock.ElapsedMilliseconds;
                    events.Publish(current.ProjectId, "picture", PictureDto.Of(current) with { Progress = done - finished });
                }
            });
            // One is stored while the next runs through the network.
            Task storing = Task.CompletedTask;
            try
            {
                foreach (CountOutcome outcome in counter.CountMany(Take(modelName, started), progress, cancellation))
                {
                    started.TryDequeue(out PictureRow? picture);
                    double secondsEach = clock.Elapsed.TotalSeconds / ++finished;
                    storing.GetAwaiter().GetResult();
                    storing = Task.Run(() => Store(picture!, outcome, model.Card, secondsEach), CancellationToken.None);
                }
            }
            finally
            {
                storing.GetAwaiter().GetResult();
            }
        }
        catch (ModelException e)
        {
            LogModelFailed(log, e, modelName);
            var failed = started.ToList();
            if (failed.Count == 0)
                failed.AddRange(Take(modelName));
            foreach (PictureRow picture in failed)
                Store(picture, new CountOutcome("", null, new PictureException(e.Message)), null, 0);
        }
    }

    private IEnumerable<string> Take(string model, ConcurrentQueue<PictureRow> started)
    {
        foreach (PictureRow picture in Take(model))
        {
            started.Enqueue(picture);
            yield return files.Original(picture.Id);
        }
    }

    // Each is marked as it is taken; ends when another model's turn comes or nothing waits.
    private IEnumerable<PictureRow> Take(string model)
    {
        while (true)
        {
            PictureRow? picture;
            using (StudioContext db = contexts.CreateDbContext())
            {
                picture = Waiting(db).FirstOrDefault();
                if (picture is null || picture.Model != model)
                    yield break;
                int taken = db.Pictures.Where(row => row.Id == picture.Id && row.State == PictureState.Queued)
                    .ExecuteUpdate(set => set.SetProperty(row => row.State, PictureState.Counting));
                if (taken == 0)
                    continue;
            }
            picture.State = PictureState.Counting;
            events.Publish(picture.ProjectId, "picture", PictureDto.Of(picture));
            yield return picture;
        }
    }

    private void Store(PictureRow taken, CountOutcome outcome, ModelCard? card, double secondsEach)
    {
        using StudioContext db = contexts.CreateDbContext();
        // The page may have removed it, or renamed its project, in the meantime.
        if (db.Pictures.Find(taken.Id) is not { } picture)
            return;
        if (picture.Revision != taken.Revision)
        {
            Requeue(db, picture.Id);
            return;
        }
        if (outcome.Result is { } result)
        {
            var candidates = result.Sweep!.At(result.Sweep.From);
            picture.OwnThreshold = result.Threshold;
            picture.Threshold = picture.OwnThreshold;
            picture.DensitySum = result.DensitySum;
            (picture.Width, picture.Height) = (result.Width, result.Height);
            picture.Error = null;
            picture.State = PictureState.Done;
            var stored = Candidates.Of(candidates, result.Sweep.From);
            if (!picture.Edited)
                picture.Count = stored.CountAt(picture.Threshold);
            Parts.Put(db, picture.Id, PartKind.Candidates, stored);
            metrics.Counted(picture.Count, secondsEach);
        }
        else
        {
            picture.State = PictureState.Failed;
            picture.Error = Plain.Message(outcome.Error!, files.Original(picture.Id));
            metrics.Failed();
        }
        picture.Revision++;
        try
        {
            db.SaveChanges();
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || !db.Pictures.AsNoTracking().Any(row => row.Id == taken.Id))
        {
            Requeue(db, picture.Id);
            return;
        }
        // The progress is asked of the database; for nobody that would be work for nothing.
        if (!events.HasListeners(picture.ProjectId))
            return;
        events.Publish(picture.ProjectId, "picture", PictureDto.Of(picture));
        var states = db.Pictures.Where(row => row.ProjectId == picture.ProjectId).GroupBy(row => row.State)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionary(group => group.Key, group => group.Count);
        int total = states.Values.Sum(), left = states.GetValueOrDefault(PictureState.Queued) + states.GetValueOrDefault(PictureState.Counting);
        events.Publish(picture.ProjectId, "progress", new ProjectProgress(total - left, total, left * secondsEach));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The model {Model} cannot count")]
    private static partial void LogModelFailed(ILogger logger, Exception e, string model);

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk of {Folder} or of the database is full; pictures wait until there is room")]
    private static partial void LogDiskFull(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "Counting is interrupted and will be tried again")]
    private static partial void LogTrouble(ILogger logger, Exception e);

    /// <summary>Reports on the calling thread.</summary>
    private sealed class InlineProgress(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
