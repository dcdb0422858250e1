using HeadCount.Studio.Security;

namespace HeadCount.Studio.Counting;

/// <summary>
/// Lets a few callers in at a time. The others wait, and are let in turn by turn: who asks for much waits behind those who ask
/// for little. Beyond a number of waiting ones a caller is asked to come back later.
/// </summary>
public sealed class Turns
{
    private readonly int _mostWaiting;
    private readonly Lock _lock = new();

    // The callers that wait, the next one first, each with what it waits for.
    private readonly LinkedList<(string Caller, Queue<TaskCompletionSource> Waiting)> _callers = [];
    private int _free, _waiting;
    private double _meanSeconds = 1;

    /// <param name="atOnce">Callers inside at a time.</param>
    /// <param name="mostWaiting">Callers that may wait.</param>
    public Turns(int atOnce, int mostWaiting) => (_free, _mostWaiting) = (atOnce, mostWaiting);

    /// <summary>Callers that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting;
        }
    }

    /// <summary>Does something that takes memory or the network, when the caller's turn comes.</summary>
    /// <exception cref="TooManyException">Too many wait already.</exception>
    internal async Task<T> DoAsync<T>(HttpContext caller, Func<T> work, CancellationToken cancellation)
    {
        await EnterAsync(Name(caller), cancellation);
        long start = Environment.TickCount64;
        try
        {
            return await Task.Run(work, cancellation);
        }
        finally
        {
            Leave((Environment.TickCount64 - start) / 1000.0);
        }
    }

    /// <summary>Waits for the caller's turn; <see cref="Leave"/> ends it.</summary>
    internal async Task EnterAsync(string caller, CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }
            if (_waiting >= _mostWaiting)
                throw new TooManyException(StatusCodes.Status503ServiceUnavailable, "The studio is busy", TimeSpan.FromSeconds(Math.Ceiling(_meanSeconds * _waiting)));
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Queue<TaskCompletionSource>? own = _callers.FirstOrDefault(waiting => waiting.Caller == caller).Waiting;
            if (own is null)
                _callers.AddLast((caller, own = []));
            own.Enqueue(turn);
            _waiting++;
        }
        using CancellationTokenRegistration gone = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task;
    }

    /// <summary>Lets the next one in.</summary>
    /// <param name="seconds">How long it took.</param>
    internal void Leave(double seconds)
    {
        lock (_lock)
        {
            _meanSeconds = Math.Max(1, .8 * _meanSeconds + .2 * seconds);
            while (_callers.First is { } next)
            {
                TaskCompletionSource turn = next.Value.Waiting.Dequeue();
                _waiting--;
                _callers.RemoveFirst();
                if (next.Value.Waiting.Count > 0)
                    _callers.AddLast(next);
                // One that has gone meanwhile takes no turn.
                if (turn.TrySetResult())
                    return;
            }
            _free++;
        }
    }

    private static string Name(HttpContext caller) => $"{caller.User.Identity?.Name} {caller.Connection.RemoteIpAddress}";
}

/// <summary>What callers take turns at: the network, and what holds whole pictures in memory.</summary>
public sealed class Benches(StudioOptions options)
{
    /// <summary>Counting while the caller waits; the network uses every core by itself.</summary>
    public Turns Network { get; } = new(1, options.MostWaiting);

    /// <summary>Drawings, heat maps and downloads.</summary>
    public Turns Drawing { get; } = new(Math.Max(1, Environment.ProcessorCount / 2), options.MostWaiting);
}
