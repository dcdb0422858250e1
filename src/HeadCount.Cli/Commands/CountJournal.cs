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
        var settings = new Settings(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(modelPath))),
            adapter?.ToString(), options.Threshold, options.Quality?.ToString(), options.TileSize, options.Overlap, [.. drawn.Select(kind => kind.ToString())],
            typeof(HeadCounter).Assembly.GetName().Version?.ToString());
        _journal = new Journal<Entry>(folder, JsonSerializer.Serialize(settings, CountLines.Default.Settings), CountLines.Default.Entry);
        foreach (Entry entry in _journal.Entries)
            _known[entry.Path] = entry;
    }

    /// <summary>The result of an earlier, interrupted call, or null.</summary>
    internal CountResult? Find(string path)
    {
        if (!_known.TryGetValue(Path.GetFullPath(path), out Entry? entry)
            || Stamp(path) != (entry.Length, entry.Modified))
            return null;
        HeadPoint[] heads = [.. entry.Heads.Select(h => new HeadPoint(h[0], h[1], h[2]))];
        return new CountResult(entry.Width, entry.Height, heads, entry.Density);
    }

    internal void Add(string path, CountResult result)
    {
        (long length, long modified) = Stamp(path);
        _journal.Add(new Entry(Path.GetFullPath(path), length, modified, result.Width, result.Height, result.DensitySum,
            [.. result.Heads.Select(h => new[] { h.X, h.Y, h.Score })]));
    }

    internal void Remove() => _journal.Remove();

    public void Dispose() => _journal.Dispose();

    private static (long Length, long Modified) Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc.Ticks) : default;
    }

    internal sealed record Settings(
        string Model, string? Adapter, double? Threshold, string? Quality, int Tile, int Overlap, string[] Drawn, string? Program);

    internal sealed record Entry(
        string Path, long Length, long Modified, int Width, int Height, double? Density, double[][] Heads);

    [JsonSerializable(typeof(Settings))]
    [JsonSerializable(typeof(Entry))]
    internal sealed partial class CountLines : JsonSerializerContext;
}
