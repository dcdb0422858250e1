using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using HeadCount.Studio.Security;

namespace HeadCount.Studio.Counting;

/// <summary>How far a project's pictures are.</summary>
/// <param name="Done">Counted or failed.</param>
/// <param name="Total">All of them.</param>
/// <param name="SecondsLeft">At the speed of the last ones; null before there is one.</param>
public sealed record ProjectProgress(int Done, int Total, double? SecondsLeft);

/// <summary>Tells pages that are open what has changed in a project.</summary>
public sealed class EventHub
{
    private const int MostListeners = 1000;

    // Proxies give up a line that is silent for a minute.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Channel<SseItem<object>>, Guid> _listeners = [];

    /// <summary>Pages that listen.</summary>
    public int Count => _listeners.Count;

    /// <summary>Whether anybody would hear of a project's changes.</summary>
    public bool HasListeners(Guid project) => _listeners.Values.Contains(project);

    /// <summary>Tells the project's listeners; those that do not keep up lose the oldest news.</summary>
    public void Publish(Guid project, string type, object data)
    {
        foreach ((Channel<SseItem<object>> listener, Guid listensTo) in _listeners)
        {
            if (listensTo == project)
                listener.Writer.TryWrite(new SseItem<object>(data, type));
        }
    }

    /// <summary>What happens in a project from now on, until the caller leaves; in silence a <c>ping</c> now and then.</summary>
    /// <exception cref="TooManyException">Too many listen already.</exception>
    public IAsyncEnumerable<SseItem<object>> Listen(Guid project, CancellationToken cancellation)
    {
        if (Count >= MostListeners)
            throw new TooManyException(StatusCodes.Status503ServiceUnavailable, "Too many pages follow projects", TimeSpan.FromMinutes(1));
        return FollowAsync(project, cancellation);
    }

    private async IAsyncEnumerable<SseItem<object>> FollowAsync(Guid project, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<SseItem<object>>(
            new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[channel] = project;
        try
        {
            // Something at once: proxies and browsers then know that the line stands.
            yield return new SseItem<object>(new { }, "hello");
            Task<bool> more = channel.Reader.WaitToReadAsync(cancellation).AsTask();
            while (true)
            {
                if (await Task.WhenAny(more, Task.Delay(s_silence, cancellation)) != more)
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return new SseItem<object>(new { }, "ping");
                    continue;
                }
                if (!await more)
                    yield break;
                while (channel.Reader.TryRead(out SseItem<object> item))
                    yield return item;
                more = channel.Reader.WaitToReadAsync(cancellation).AsTask();
            }
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
