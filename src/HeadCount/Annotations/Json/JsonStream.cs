using System.Text;
using System.Text.Json;

namespace HeadCount.Annotations.Json;

/// <summary>
/// Walks through a JSON file of any length by its outer objects and arrays; only one value at a time is in memory.
/// </summary>
internal sealed class JsonStream
{
    /// <summary>Largest value that is taken as a whole, in bytes.</summary>
    private const int MaxValueBytes = 16 << 20;

    /// <summary>Longest single number, name or text that is passed over, such as a picture inside the file.</summary>
    private const int MaxTokenBytes = 256 << 20;

    private readonly Stream _stream;
    private readonly string _path;
    private byte[] _buffer = new byte[64 << 10];
    private int _start, _end;
    private bool _ended;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 64 });

    private JsonStream(Stream stream, string path)
    {
        (_stream, _path) = (stream, path);
        Fill(_buffer.Length);
        if (_end == 0)
            throw new AnnotationException($"{path}: the file is empty");
        if (_buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble))
            _start = Encoding.UTF8.Preamble.Length;
    }

    /// <summary>Reads a file; what the JSON reader says becomes one line with the path and the line number.</summary>
    internal static T Read<T>(string path, Func<JsonStream, T> read)
    {
        try
        {
            return AnnotationText.Open(path, stream => read(new JsonStream(stream, path)));
        }
        catch (JsonException e)
        {
            throw new AnnotationException($"{path}, line {e.LineNumber + 1}: no valid JSON ({Reason(e)})", e);
        }
    }

    /// <summary>What is wrong, without the place that the message goes on with.</summary>
    internal static string Reason(JsonException e)
    {
        string reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
        // What follows speaks to programmers.
        return reason.Contains("trailing comma", StringComparison.Ordinal) ? "a comma before ] or }, with nothing behind it"
            : reason.Contains("not supported in this mode", StringComparison.Ordinal) ? "a comment, which JSON has not"
            : reason.Split(". Change the reader options")[0];
    }

    /// <summary>Walks the fields of the object that comes next.</summary>
    /// <param name="where">The object's place, for messages.</param>
    /// <param name="field">
    /// Is given each name and must take its value: <see cref="Value"/>, <see cref="Object"/>, <see cref="Array"/> or
    /// <see cref="Skip"/>.
    /// </param>
    internal void Object(string where, Action<string> field)
    {
        Expect(JsonTokenType.StartObject, where, "an object");
        while (Next(out string? name) != JsonTokenType.EndObject)
            field(name!);
    }

    /// <summary>Walks the items of the array that comes next.</summary>
    internal void Array(string where, Action<JsonField> item)
    {
        Expect(JsonTokenType.StartArray, where, "an array");
        for (int i = 0; TryTake(out ReadOnlyMemory<byte> value); i++)
            Parse(value, $"{where}[", i, item);
    }

    /// <summary>Takes the value that comes next as a whole.</summary>
    internal void Value(string where, Action<JsonField> use)
    {
        TryTake(out ReadOnlyMemory<byte> value);
        Parse(value, where, null, use);
    }

    /// <summary>Passes over the value that comes next, however long.</summary>
    internal void Skip()
    {
        int depth = 0;
        while (true)
        {
            var reader = Reader();
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    depth++;
                else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                    depth--;
                if (depth == 0)
                {
                    Commit(reader);
                    return;
                }
            }
            Commit(reader);
            Fill(MaxTokenBytes);
        }
    }

    /// <summary>Reads to the end, where nothing more may follow.</summary>
    internal void Finish()
    {
        while (true)
        {
            var reader = Reader();
            reader.Read();
            Commit(reader);
            if (_ended)
                return;
            Fill(MaxTokenBytes);
        }
    }

    private void Parse(ReadOnlyMemory<byte> value, string where, int? index, Action<JsonField> use)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        use(new JsonField(_path, where, index, document.RootElement));
    }

    private void Expect(JsonTokenType type, string where, string what)
    {
        if (Next(out _) != type)
            throw new AnnotationException($"{_path}{(where.Length > 0 ? ", " + where : "")}: expected {what}");
    }

    private JsonTokenType Next(out string? name)
    {
        while (true)
        {
            var reader = Reader();
            if (reader.Read())
            {
                name = reader.TokenType == JsonTokenType.PropertyName ? Text(reader) : null;
                Commit(reader);
                return reader.TokenType;
            }
            Commit(reader);
            Fill(MaxTokenBytes);
        }
    }

    private string Text(Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new AnnotationException($"{_path}: a name is no valid UTF-8; save the file as UTF-8", e);
        }
    }

    /// <summary>Takes a whole value, or the end of the array that it would stand in.</summary>
    private bool TryTake(out ReadOnlyMemory<byte> value)
    {
        while (true)
        {
            var reader = Reader();
            if (reader.Read())
            {
                int from = (int)reader.TokenStartIndex;
                bool end = reader.TokenType == JsonTokenType.EndArray;
                if (end || reader.TrySkip())
                {
                    value = end ? default : _buffer.AsMemory(_start + from, (int)reader.BytesConsumed - from);
                    Commit(reader);
                    return !end;
                }
            }
            Fill(MaxValueBytes);
        }
    }

    private Utf8JsonReader Reader() => new(_buffer.AsSpan(_start, _end - _start), _ended, _state);

    private void Commit(in Utf8JsonReader reader)
    {
        _state = reader.CurrentState;
        _start += (int)reader.BytesConsumed;
    }

    /// <summary>Reads on; where what is unread fills the buffer, in one of twice the size.</summary>
    private void Fill(int limit)
    {
        if (_ended)
            throw new AnnotationException($"{_path}: no valid JSON (the file ends early); get a whole copy of it");
        if (_end - _start == _buffer.Length)
        {
            if (_buffer.Length >= limit)
                throw new AnnotationException($"{_path}: a single value of more than {limit} bytes");
            System.Array.Resize(ref _buffer, 2 * _buffer.Length);
        }
        else
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }
}
