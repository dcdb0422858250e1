using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadCount.Annotations;
using HeadCount.Inference;

namespace HeadCount.Cli.Commands;

/// <summary>What an unfinished batch has counted; holds while model, settings and the picture's file are the same.</summary>
internal sealed partial class CountJournal : IDisposable
{
    private readonly Journal<Entry> _journal;
    private readonly Dictionary<string, Entry> _known = [];

    /// <param name="folder">The output folder.</param>
    /// <param name="modelPath">The model's file.</param>
    /// <param name="adapter">How the model is run.</param>
    /// <param name="options">How pictures are counted.</param>
    /// <param name="drawn">What is drawn of a picture before it is added.</param>
    internal CountJournal(
        string folder, string modelPath, ModelAdapter? adapter, CountOptions options, IReadOnlyCollection<DrawingKind> drawn)
    {
        var settings = new Settings(Hash(modelPath),
            adapter?.ToString(), options.Threshold, options.Quality?.ToString(), options.TileSize, options.Overlap, [.. drawn.Select(kind => kind.ToString())],
            typeof(HeadCounter).Module.ModuleVersionId);
        _journal = new Journal<Entry>(folder, JsonSerializer.Serialize(settings, CountLines.Default.Settings), CountLines.Default.Entry);
        foreach (Entry entry in _journal.Entries)
            _known[entry.Path] = entry;
    }

    /// <summary>Lines of an earlier call that are damaged; their pictures are counted again.</summary>
    internal int Damaged => _journal.Damaged;

    /// <summary>The result of an earlier, interrupted call, or null.</summary>
    internal CountResult? Find(string path)
    {
        if (!_known.TryGetValue(Path.GetFullPath(path), out Entry? entry)
            || Stamp(path) != new FileStamp(entry.Length, entry.Modified))
            return null;
        HeadPoint[] heads = [.. entry.Heads.Select(h => new HeadPoint(h[0], h[1], h[2]))];
        return new CountResult(entry.Width, entry.Height, heads, entry.Density);
    }

    /// <summary>Notes a result.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="stamp">Its file before it was opened: one that is replaced while it is counted is counted again.</param>
    /// <param name="result">What was counted.</param>
    internal void Add(string path, FileStamp stamp, CountResult result) => _journal.Add(new Entry(Path.GetFullPath(path),
        stamp.Length, stamp.Modified, result.Width, result.Height, result.DensitySum, [.. result.Heads.Select(h => new[] { h.X, h.Y, h.Score })]));

    internal void Remove() => _journal.Remove();

    public void Dispose() => _journal.Dispose();

    /// <summary>The file as it is now; all zero where there is none.</summary>
    internal static FileStamp Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks) : default;
    }

    // Large networks keep their weights in files beside them, named like them.
    private static string Hash(string modelPath)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string full = Path.GetFullPath(modelPath);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(full)!, Path.GetFileName(full) + "*").Order(StringComparer.Ordinal))
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>By what a file is known to be unchanged: its bytes, and when it was last written in ticks, UTC.</summary>
    internal readonly record struct FileStamp(long Length, long Modified);

    internal sealed record Settings(
        string Model, string? Adapter, double? Threshold, string? Quality, int Tile, int Overlap, string[] Drawn, Guid Build);

    internal sealed record Entry(
        string Path, long Length, long Modified, int Width, int Height, double? Density, double[][] Heads);

    [JsonSerializable(typeof(Settings))]
    [JsonSerializable(typeof(Entry))]
    internal sealed partial class CountLines : JsonSerializerContext;
}
