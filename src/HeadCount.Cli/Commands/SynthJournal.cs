using System.Text.Json;
using System.Text.Json.Serialization;
using HeadCount.Annotations;
using HeadCount.Synthesis;

namespace HeadCount.Cli.Commands;

/// <summary>
/// Remembers, in the output folder, which scenes an unfinished call has rendered and where their heads are: a line with
/// the settings, then a line a scene. Several threads may add.
/// </summary>
internal sealed partial class SynthJournal : IDisposable
{
    private const string FileName = ".headcount-unfinished.jsonl";

    private readonly string _path;
    private readonly Dictionary<int, HeadPoint[]> _known = [];
    private readonly StreamWriter _writer;
    private readonly Lock _lock = new();

    internal SynthJournal(string folder, SceneOptions options)
    {
        _path = Path.Combine(folder, FileName);
        string first = options.ToString();
        string[] lines = File.Exists(_path) ? File.ReadAllLines(_path) : [];
        if (lines.FirstOrDefault() == first)
        {
            foreach (string line in lines.Skip(1))
                Remember(line);
        }
        _writer = new StreamWriter(_path, append: false) { NewLine = "\n" };
        _writer.WriteLine(first);
        foreach ((int number, HeadPoint[] heads) in _known)
            Write(number, heads);
        _writer.Flush();
    }

    /// <summary>The heads of a scene that has been rendered, or null.</summary>
    internal IReadOnlyList<HeadPoint>? Find(int number) => _known.GetValueOrDefault(number);

    internal void Add(int number, IReadOnlyList<HeadPoint> heads)
    {
        lock (_lock)
        {
            _known[number] = [.. heads];
            Write(number, heads);
            _writer.Flush();
        }
    }

    /// <summary>All scenes are there: nothing is left to go on with.</summary>
    internal void Remove()
    {
        _writer.Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _writer.Dispose();

    private void Write(int number, IReadOnlyList<HeadPoint> heads) => _writer.WriteLine(
        JsonSerializer.Serialize(new Entry(number, [.. heads.Select(h => new[] { h.X, h.Y })]), SynthLines.Default.Entry));

    private void Remember(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, SynthLines.Default.Entry) is Entry entry)
                _known[entry.Number] = [.. entry.Heads.Select(h => new HeadPoint(h[0], h[1]))];
        }
        catch (JsonException)
        {
            // The line that was being written when the program was killed.
        }
    }

    internal sealed record Entry(int Number, double[][] Heads);

    [JsonSerializable(typeof(Entry))]
    internal sealed partial class SynthLines : JsonSerializerContext;
}
