using System.Text.Encodings.Web;
using System.Text.Json;

namespace HeadCount.Annotations.Json;

/// <summary>Writes JSON files.</summary>
internal static class JsonOutput
{
    /// <summary>Writes into a stream, without indentation, a line end at the end.</summary>
    internal static void Write(Stream stream, Action<Utf8JsonWriter> write, bool indented = false)
    {
        // Names stay readable: the file is no part of a web page.
        var options = new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Indented = indented,
        };
        using (var json = new Utf8JsonWriter(stream, options))
            write(json);
        stream.Write("\n"u8);
    }

    /// <summary>Hands on what is written so far, so that a long file does not gather in memory.</summary>
    internal static void FlushSome(this Utf8JsonWriter json)
    {
        if (json.BytesPending > 32 << 10)
            json.Flush();
    }

    /// <summary>Writes an array of numbers.</summary>
    internal static void WriteNumbers(this Utf8JsonWriter json, string name, params ReadOnlySpan<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
