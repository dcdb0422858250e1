using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeadCount.Cli;

/// <summary>
/// Remembers, in the output folder, what an unfinished batch has done: a line with the settings, then a JSON line an
/// item. The next call with the same settings goes on from there; a batch that comes to its end removes the journal.
/// Several threads may add.
/// </summary>
/// <typeparam name="T">What is noted of an item.</typeparam>
internal sealed class Journal<T> : IDisposable
{
    private const string FileName = ".headcount-unfinished.jsonl";

    private readonly string _path;
    private readonly JsonTypeInfo<T> _type;
    private readonly List<T> _entries = [];
    private readonly StreamWriter _writer;
    private readonly Lock _lock = new();

    /// <param name="folder">The output folder.</param>
    /// <param name="settings">One line; entries that were made with another are forgotten.</param>
    /// <param name="type">How an entry is written.</param>
    internal Journal(string folder, string settings, JsonTypeInfo<T> type)
    {
        _path = Path.Combine(folder, FileName);
        _type = type;
        string[] lines = File.Exists(_path) ? File.ReadAllLines(_path) : [];
        if (lines.FirstOrDefault() == settings)
        {
            foreach (string line in lines.Skip(1))
                Remember(line);
        }
        // Written anew: what no longer holds, and a last line cut short, go.
        _writer = new StreamWriter(_path, append: false) { NewLine = "\n" };
        _writer.WriteLine(settings);
        foreach (T entry in _entries)
            _writer.WriteLine(JsonSerializer.Serialize(entry, _type));
        _writer.Flush();
    }

    /// <summary>What an earlier, interrupted call has noted and this one has added.</summary>
    internal IReadOnlyList<T> Entries => _entries;

    internal void Add(T entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            _writer.WriteLine(JsonSerializer.Serialize(entry, _type));
            _writer.Flush();
        }
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
            if (JsonSerializer.Deserialize(line, _type) is T entry)
                _entries.Add(entry);
        }
        catch (JsonException)
        {
            // The line that was being written when the program was killed.
        }
    }
}
