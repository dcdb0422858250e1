using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace HeadCount.Studio.Counting;

/// <summary>How far a project's pictures are.</summary>
/// <param name="Done">Counted or failed.</param>
/// <param name="Total">All of them.</param>
/// <param name="SecondsLeft">At the speed of the last ones; null before there is one.</param>
public sealed record ProjectProgress(int Done, int Total, double? SecondsLeft);

/// <summary>Tells pages that are open what has changed in a project.</summary>
public sealed class EventHub
{
    private readonly ConcurrentDictionary<Channel<SseItem<object>>, Guid> _listeners = [];

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

    /// <summary>What happens in a project from now on, until the caller leaves.</summary>
    public async IAsyncEnumerable<SseItem<object>> Listen(Guid project, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<SseItem<object>>(
            new BoundedChannelOptions(4096) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[channel] = project;
        try
        {
            // Something at once: proxies and browsers then know that the line stands.
            yield return new SseItem<object>(new { }, "hello");
            await foreach (SseItem<object> item in channel.Reader.ReadAllAsync(cancellation))
                yield return item;
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
