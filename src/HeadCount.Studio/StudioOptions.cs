using System.Net;
using HeadCount.Inference;
using Microsoft.AspNetCore.Http;

namespace HeadCount.Studio;

/// <summary>How the studio is started.</summary>
public sealed record StudioOptions
{
    /// <summary>Characters that a key has at least.</summary>
    public const int ShortestKey = 16;

    /// <summary>Folder of pictures and database; made when missing.</summary>
    public required string Data { get; init; }

    /// <summary>Where the server listens; several addresses with semicolons between them.</summary>
    /// <value>The default is this machine alone.</value>
    public string Url { get; init; } = "http://127.0.0.1:5280";

    /// <summary>The keys of which every call must bring one, by the names that changes are logged under; needed when others than
    /// this machine can call.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; init; } = new Dictionary<string, string>();

    /// <summary>Addresses of reverse proxies: what they say of a call's origin is believed.</summary>
    public IReadOnlyList<IPAddress> Proxies { get; init; } = [];

    /// <summary>Host names that the studio is called by, besides those of this machine.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The path below which a proxy shows the studio, such as <c>/headcount</c>.</summary>
    /// <value>The default is empty: a host of its own.</value>
    public string BasePath { get; init; } = "";

    /// <summary>PostgreSQL connection string.</summary>
    /// <value>The default is null: SQLite in the data folder.</value>
    public string? Database { get; init; }

    /// <summary>The model pictures are counted with, by name or file.</summary>
    public string Model { get; init; } = HeadModel.DefaultName;

    /// <summary>How often the network looks at a picture.</summary>
    /// <value>The default is null: <see cref="CountQuality.Balanced"/> where the model takes it.</value>
    public CountQuality? Quality { get; init; }

    /// <summary>Threads for the network; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Steps of training when the model is improved.</summary>
    /// <value>The default is 400: some minutes on two cores.</value>
    public int ImproveSteps { get; init; } = 400;

    /// <summary>Days after which pictures are deleted; null: they stay.</summary>
    public int? KeepDays { get; init; }

    /// <summary>Largest upload in bytes.</summary>
    /// <value>The default is 256 MiB.</value>
    public long MaxUploadBytes { get; init; } = 256L << 20;

    /// <summary>Largest width × height of a picture.</summary>
    /// <value>The default is 400 million.</value>
    public long MaxPixels { get; init; } = 400_000_000;

    /// <summary>Largest width × height of a picture that a caller waits for; larger ones go into a project.</summary>
    /// <value>The default is 100 million.</value>
    public long MaxPixelsAtOnce { get; init; } = 100_000_000;

    /// <summary>Callers that may wait for a count or a drawing; more are asked to come back later.</summary>
    public int MostWaiting { get; init; } = 32;

    /// <summary>Calls a minute from one address, pictures and tiles not counted.</summary>
    public int CallsPerMinute { get; init; } = 1200;

    /// <summary>Wrong keys a minute from one address; then none is looked at for the rest of it.</summary>
    public int WrongKeysPerMinute { get; init; } = 10;

    /// <summary>Whether only this machine can call.</summary>
    /// <exception cref="ArgumentException">An address cannot be understood.</exception>
    internal bool IsLocal => Proxies.Count == 0 && Hosts.Count == 0 && Url.Split(';', StringSplitOptions.RemoveEmptyEntries).All(IsLoopback);

    /// <summary>Checks what can be known before the start.</summary>
    /// <exception cref="ArgumentException">Something is missing or cannot be; the message says what to do.</exception>
    internal void Check()
    {
        if (!IsLocal && Keys.Count == 0)
            throw new ArgumentException($"{Url} can be reached from other machines: give --api-key KEY (or HEADCOUNT_API_KEY, or --keys FILE), or listen on 127.0.0.1");
        foreach ((string name, string key) in Keys)
            if (key.Length < ShortestKey)
                throw new ArgumentException($"the key {name} has {key.Length} characters, and short ones can be guessed; give at least {ShortestKey}, such as 'openssl rand -hex 16' makes");
        if (BasePath.Length > 0 && (!BasePath.StartsWith('/') || BasePath.EndsWith('/')))
            throw new ArgumentException($"--base-path {BasePath}: begins with a slash and ends without one, such as /headcount");
        if (ImproveSteps < 1)
            throw new ArgumentException($"--improve-steps {ImproveSteps}: at least 1");
        if (KeepDays < 1)
            throw new ArgumentException($"--keep-days {KeepDays}: at least 1");
    }

    /// <summary>Whether an address is this machine's alone. A name other than localhost is none: the server takes it for every
    /// address there is.</summary>
    internal static bool IsLoopback(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new ArgumentException($"--url {url}: is no address; write it as http://127.0.0.1:5280");
        }
        return address.IsUnixPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }
}
