using Google.Protobuf;
using HeadCount.IO;

namespace HeadCount.Onnx;

/// <summary>The metadata entries (<c>metadata_props</c>) of an existing ONNX file.</summary>
public static class OnnxMetadata
{
    private const int MetadataField = 14;

    /// <summary>Reads the entries; of a key that occurs twice the last.</summary>
    /// <exception cref="InvalidDataException">The file is not an ONNX model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        byte[] bytes = File.ReadAllBytes(path);
        foreach ((int field, Range range) in Fields(path, bytes))
        {
            if (field == MetadataField)
            {
                (string key, string value) = ReadEntry(path, bytes[range]);
                entries[key] = value;
            }
        }
        return entries;
    }

    /// <summary>Replaces all entries and leaves every other byte of the file as it is. The file is written whole or
    /// not at all.</summary>
    /// <exception cref="InvalidDataException">The file is not an ONNX model.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Replace(string path, IReadOnlyDictionary<string, string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        byte[] bytes = File.ReadAllBytes(path);
        Range[] kept = [.. Fields(path, bytes).Where(f => f.Field != MetadataField).Select(f => f.Range)];
        byte[] metadata = Proto.Message(output => WriteEntries(output, entries));
        WholeFile.Write(path, stream =>
        {
            foreach (Range range in kept)
                stream.Write(bytes.AsSpan(range));
            stream.Write(metadata);
        });
    }

    internal static void WriteEntries(CodedOutputStream model, IReadOnlyDictionary<string, string> entries)
    {
        foreach ((string key, string value) in entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            model.Bytes(MetadataField, Proto.Message(entry =>
            {
                entry.Text(1, key);
                entry.Text(2, value);
            }));
        }
    }

    // Every field of the model message with the bytes it takes, tag included.
    private static List<(int Field, Range Range)> Fields(string path, byte[] bytes)
    {
        var fields = new List<(int, Range)>();
        bool hasGraph = false;
        try
        {
            using var input = new CodedInputStream(bytes);
            int start = 0;
            for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                input.SkipLastField();
                int end = checked((int)input.Position);
                int field = WireFormat.GetTagFieldNumber(tag);
                hasGraph |= field == 7;
                fields.Add((field, start..end));
                start = end;
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw NotOnnx(path, e);
        }
        return hasGraph ? fields : throw NotOnnx(path, null);
    }

    private static (string Key, string Value) ReadEntry(string path, byte[] field)
    {
        try
        {
            using var outer = new CodedInputStream(field);
            outer.ReadTag();
            using CodedInputStream entry = outer.ReadBytes().CreateCodedInput();
            string key = "", value = "";
            for (uint tag = entry.ReadTag(); tag != 0; tag = entry.ReadTag())
            {
                switch (WireFormat.GetTagFieldNumber(tag))
                {
                    case 1: key = entry.ReadString(); break;
                    case 2: value = entry.ReadString(); break;
                    default: entry.SkipLastField(); break;
                }
            }
            return (key, value);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw NotOnnx(path, e);
        }
    }

    private static InvalidDataException NotOnnx(string path, Exception? inner) =>
        new($"{path}: not an ONNX model, or damaged; copy or export it again", inner);
}
