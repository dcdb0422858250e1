using System.Collections.Concurrent;
using HeadCount.Training.Recipes;

namespace HeadCount.Training.Data;

/// <summary>What one step trains on.</summary>
/// <param name="Crops">The crops, all of one size.</param>
/// <param name="Loss">The loss of the network's answer to them.</param>
internal sealed record Batch(Crop[] Crops, BatchLoss Loss);

/// <summary>Prepares batches on a thread of its own while the network trains, in order.</summary>
internal sealed class BatchLoader : IDisposable
{
    private const int Ahead = 4;

    private readonly BlockingCollection<Batch> _queue = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    /// <summary>Starts with batch <paramref name="first"/> and ends before batch <paramref name="end"/>.</summary>
    internal BatchLoader(TrainingSet set, IRecipe recipe, int first, int end) => _worker = Task.Factory.StartNew(() =>
    {
        try
        {
            for (int number = first; number < end; number++)
            {
                Crop[] crops = set.Batch(number);
                _queue.Add(new Batch(crops, recipe.Prepare(crops)), _stop.Token);
            }
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

    internal Batch Next()
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
