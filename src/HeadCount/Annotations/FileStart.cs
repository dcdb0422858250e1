using System.Text;
using System.Text.Json;
using HeadCount.Annotations.Mat;

namespace HeadCount.Annotations;

/// <summary>The beginning of an annotation file, by which its format is told.</summary>
internal sealed class FileStart
{
    private const int Bytes = 64 << 10;
    private HashSet<string>? _matVariables;

    private FileStart(string path, string text, byte[] bytes)
    {
        Path = path;
        Extension = System.IO.Path.GetExtension(path).ToUpperInvariant();
        FirstLine = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "";
        Text = text;
        ReadNames(bytes);
    }

    internal string Path { get; }

    /// <summary>In capitals, with its dot.</summary>
    internal string Extension { get; }

    /// <summary>The first line that is not blank, trimmed.</summary>
    internal string FirstLine { get; }

    internal string Text { get; }

    /// <summary>Whether it begins as a JSON object; <see cref="Names"/> are then its names.</summary>
    internal bool IsObject { get; private set; }

    /// <summary>Whether it begins as a JSON array; <see cref="InnerNames"/> are then those of its objects.</summary>
    internal bool IsArray { get; private set; }

    /// <summary>Names at the top of a JSON file, as far as the beginning shows them.</summary>
    internal HashSet<string> Names { get; } = [];

    /// <summary>Names one level below the top.</summary>
    internal HashSet<string> InnerNames { get; } = [];

    /// <summary>
    /// Whether it is a MAT file with that variable; <see cref="AnnotationException"/> says what is wrong with a damaged
    /// one. Such files are short, and their variables stand anywhere.
    /// </summary>
    internal bool HasMatVariable(string name) =>
        Extension == ".MAT" && (_matVariables ??= [.. MatFile.Read(Path).Keys]).Contains(name);

    internal static FileStart Of(string path) => AnnotationText.Open(path, stream =>
    {
        byte[] bytes = new byte[(int)Math.Min(Bytes, stream.Length)];
        stream.ReadExactly(bytes);
        if (bytes.Length == 0)
            throw new AnnotationException($"{path}: the file is empty");
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return new FileStart(path, Encoding.UTF8.GetString(bytes), bytes);
    });

    private void ReadNames(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        try
        {
            if (!reader.Read())
                return;
            IsObject = reader.TokenType == JsonTokenType.StartObject;
            IsArray = reader.TokenType == JsonTokenType.StartArray;
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth <= 2)
                    (reader.CurrentDepth == 1 ? Names : InnerNames).Add(reader.GetString()!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Other text, or damaged further on: the reader of its format says what is wrong.
        }
    }
}
