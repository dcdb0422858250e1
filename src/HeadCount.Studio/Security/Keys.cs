using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using HeadCount.Studio.Counting;

namespace HeadCount.Studio.Security;

/// <summary>The keys that open the studio, and the brake on those who try others.</summary>
internal sealed partial class Keys : IDisposable
{
    private readonly Dictionary<string, string> _names;
    private readonly PartitionedRateLimiter<string> _wrong;
    private readonly ILogger<Keys> _log;
    private readonly StudioMetrics _metrics;

    public Keys(StudioOptions options, StudioMetrics metrics, ILogger<Keys> log)
    {
        _names = options.Keys.ToDictionary(key => Hash(key.Value), key => key.Key);
        (_log, _metrics) = (log, metrics);
        _wrong = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(address,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.WrongKeysPerMinute, Window = TimeSpan.FromMinutes(1) }));
    }

    internal bool AreNeeded => _names.Count > 0;

    /// <summary>What is stored of keys and tokens; of equal length, and it tells nothing of where two differ.</summary>
    internal static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The name of a key by its hash; null where it is none any more.</summary>
    internal string? NameOf(string hash) => _names.GetValueOrDefault(hash);

    /// <summary>The hash of a key that a caller gives; null where it is wrong.</summary>
    /// <exception cref="TooManyException">The address has tried too many.</exception>
    internal string? Try(string given, HttpContext caller)
    {
        string address = caller.Connection.RemoteIpAddress?.ToString() ?? "";
        using (RateLimitLease lease = _wrong.AttemptAcquire(address, 0))
        {
            if (!lease.IsAcquired)
                throw new TooManyException(StatusCodes.Status429TooManyRequests, "Too many wrong keys came from this address", TimeSpan.FromMinutes(1));
        }
        string hash = Hash(given);
        if (_names.ContainsKey(hash))
            return hash;
        using (_wrong.AttemptAcquire(address))
            LogWrong(_log, address);
        _metrics.WrongKey();
        return null;
    }

    public void Dispose() => _wrong.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A wrong key came from {Address}")]
    private static partial void LogWrong(ILogger logger, string address);
}

/// <summary>Too much at once: what is asked for may be asked again later.</summary>
internal sealed class TooManyException(int status, string message, TimeSpan after) : Exception(message)
{
    internal int Status => status;

    internal TimeSpan After => after;
}
