using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeadCount.Cli;

/// <summary>
/// Remembers, in the output folder, what an unfinished batch has done: a line with the settings, then a line an item, JSON and
/// a tab and the start of its SHA-256. The next call with the same settings goes on from there; a batch that comes to its end
/// removes the journal. One call at a time has it, and lines are only ever added to it. Several threads may add.
/// </summary>
/// <typeparam name="T">What is noted of an item.</typeparam>
internal sealed class Journal<T> : IDisposable
{
    private const string FileName = ".headcount-unfinished.jsonl";

    private readonly string _path;
    private readonly JsonTypeInfo<T> _type;
    private readonly List<T> _entries = [];
    private readonly FileStream _file;
    private readonly Lock _lock = new();

    /// <param name="folder">The output folder.</param>
    /// <param name="settings">One line; entries that were made with another are forgotten.</param>
    /// <param name="type">How an entry is written.</param>
    /// <exception cref="UsageException">Another call works in the folder.</exception>
    internal Journal(string folder, string settings, JsonTypeInfo<T> type)
    {
        _path = Path.Combine(folder, FileName);
        _type = type;
        try
        {
            _file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(_path))
        {
            throw new UsageException($"{folder}: another call works in this folder; wait for it, or choose another folder");
        }
        try
        {
            Read(settings);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What an earlier, interrupted call has noted and this one has added.</summary>
    internal IReadOnlyList<T> Entries => _entries;

    /// <summary>Lines of an earlier call that are damaged; what they noted is done again.</summary>
    internal int Damaged { get; private set; }

    internal void Add(T entry)
    {
        string line = JsonSerializer.Serialize(entry, _type);
        lock (_lock)
        {
            _entries.Add(entry);
            Append($"{line}\t{Check(line)}");
        }
    }

    /// <summary>The batch came to its end: nothing is left to go on with.</summary>
    internal void Remove()
    {
        File.Delete(_path);
        _file.Dispose();
    }

    public void Dispose() => _file.Dispose();

    private void Read(string settings)
    {
        DropTheUnfinishedLine();
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadLine() != settings)
        {
            _file.SetLength(0);
            Append(settings);
            return;
        }
        while (reader.ReadLine() is { } line)
        {
            if (Entry(line) is T entry)
                _entries.Add(entry);
            else
                Damaged++;
        }
    }

    // What a kill cut short.
    private void DropTheUnfinishedLine()
    {
        long end = _file.Length;
        for (; end > 0; end--)
        {
            _file.Seek(end - 1, SeekOrigin.Begin);
            if (_file.ReadByte() == '\n')
                break;
        }
        _file.SetLength(end);
        _file.Seek(0, SeekOrigin.Begin);
    }

    private T? Entry(string line)
    {
        if (line.LastIndexOf('\t') is not (> 0 and int tab) || !line.AsSpan(tab + 1).SequenceEqual(Check(line[..tab])))
            return default;
        try
        {
            return JsonSerializer.Deserialize(line[..tab], _type);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // At once and in one piece, so that a kill cuts the last line at most.
    private void Append(string line)
    {
        _file.Seek(0, SeekOrigin.End);
        _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _file.Flush();
    }

    private static string Check(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)))[..16];
}
