using HeadCount.Inference;

namespace HeadCount.Studio;

/// <summary>How the studio is started.</summary>
public sealed record StudioOptions
{
    /// <summary>Folder of pictures and database; made when missing.</summary>
    public required string Data { get; init; }

    /// <summary>Where the server listens.</summary>
    /// <value>The default is this machine alone.</value>
    public string Url { get; init; } = "http://127.0.0.1:5280";

    /// <summary>The key that every call must bring; needed when others than this machine can call.</summary>
    public string? ApiKey { get; init; }

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

    /// <summary>Largest upload in bytes.</summary>
    /// <value>The default is 256 MiB.</value>
    public long MaxUploadBytes { get; init; } = 256L << 20;

    /// <summary>Largest width × height of a picture.</summary>
    /// <value>The default is 400 million.</value>
    public long MaxPixels { get; init; } = 400_000_000;

    /// <summary>Calls a minute from one address, pictures and tiles not counted.</summary>
    public int CallsPerMinute { get; init; } = 1200;

    /// <summary>Whether only this machine can call.</summary>
    internal bool IsLoopback => new Uri(Url.Replace("*", "0.0.0.0", StringComparison.Ordinal)).IsLoopback;
}
