using System.Collections.Concurrent;
using HeadCount.Training.Networks;

namespace HeadCount.Training.Data;

/// <summary>Prepares batches on a thread of its own while the network trains, in order.</summary>
internal sealed class BatchLoader : IDisposable
{
    private const int Ahead = 4;

    private readonly BlockingCollection<CropTargets[]> _queue = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    /// <summary>Starts with batch <paramref name="first"/> and ends before batch <paramref name="end"/>.</summary>
    internal BatchLoader(TrainingSet set, int first, int end) => _worker = Task.Factory.StartNew(() =>
    {
        try
        {
            for (int number = first; number < end; number++)
                _queue.Add(set.Batch(number, c => CropTargets.Of(c, HeadTopology.ScoreStride, HeadTopology.DensityStride)), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The trainer stopped early.
        }
        finally
        {
            _queue.CompleteAdding();
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal CropTargets[] Next()
    {
        try
        {
            return _queue.Take();
        }
        catch (InvalidOperationException)
        {
            _worker.GetAwaiter().GetResult();
            throw;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _worker.Wait();
        }
        catch (AggregateException)
        {
            // Next() has reported it.
        }
        _queue.Dispose();
        _stop.Dispose();
    }
}
