using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadCount.Annotations;
using HeadCount.Inference;

namespace HeadCount.Cli.Commands;

/// <summary>
/// Remembers, in the output folder, what an unfinished batch has counted: a line with the settings, then a line a
/// picture. The next call with the same settings takes those results over where the picture file has not changed;
/// a batch that comes to its end removes the journal.
/// </summary>
internal sealed partial class CountJournal : IDisposable
{
    private const string FileName = ".headcount-unfinished.jsonl";

    private readonly string _path;
    private readonly Dictionary<string, Entry> _known = [];
    private readonly StreamWriter _writer;

    /// <param name="folder">The output folder.</param>
    /// <param name="modelPath">The model's file.</param>
    /// <param name="options">How pictures are counted.</param>
    /// <param name="drawn">What is drawn of a picture before it is added.</param>
    internal CountJournal(
        string folder, string modelPath, CountOptions options, IReadOnlyCollection<DrawingKind> drawn)
    {
        _path = Path.Combine(folder, FileName);
        var settings = new Settings(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(modelPath))),
            options.Threshold, options.TileSize, options.Overlap, [.. drawn.Select(kind => kind.ToString())],
            typeof(HeadCounter).Assembly.GetName().Version?.ToString());
        string first = JsonSerializer.Serialize(settings, Lines.Default.Settings);
        string[] lines = File.Exists(_path) ? File.ReadAllLines(_path) : [];
        if (lines.FirstOrDefault() == first)
        {
            foreach (string line in lines.Skip(1))
                Remember(line);
        }
        // Written anew: what no longer holds, and a last line cut short, go.
        _writer = new StreamWriter(_path, append: false) { NewLine = "\n" };
        _writer.WriteLine(first);
        foreach (Entry entry in _known.Values)
            _writer.WriteLine(JsonSerializer.Serialize(entry, Lines.Default.Entry));
        _writer.Flush();
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
        var entry = new Entry(Path.GetFullPath(path), length, modified, result.Width, result.Height, result.DensitySum,
            [.. result.Heads.Select(h => new[] { h.X, h.Y, h.Score })]);
        _writer.WriteLine(JsonSerializer.Serialize(entry, Lines.Default.Entry));
        _writer.Flush();
    }

    /// <summary>The batch came to its end: nothing is left to go on with.</summary>
    internal void Remove()
    {
        _writer.Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _writer.Dispose();

    private void Remember(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, Lines.Default.Entry) is Entry entry)
                _known[entry.Path] = entry;
        }
        catch (JsonException)
        {
            // The line that was being written when the program was killed.
        }
    }

    private static (long Length, long Modified) Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc.Ticks) : default;
    }

    internal sealed record Settings(
        string Model, double? Threshold, int Tile, int Overlap, string[] Drawn, string? Program);

    internal sealed record Entry(
        string Path, long Length, long Modified, int Width, int Height, double? Density, double[][] Heads);

    [JsonSerializable(typeof(Settings))]
    [JsonSerializable(typeof(Entry))]
    internal sealed partial class Lines : JsonSerializerContext;
}
