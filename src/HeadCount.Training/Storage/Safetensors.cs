using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeadCount.IO;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Storage;

/// <summary>
/// Weights in the safetensors format: 8 bytes of header length, a JSON header of names, types, shapes and offsets,
/// then the numbers, little-endian and without gaps. float32 is written; float16 is read too.
/// </summary>
internal static class Safetensors
{
    private const int MaxHeader = 16 << 20;

    internal static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var header = new JsonObject();
        var data = new List<byte[]>();
        long offset = 0;
        foreach ((string name, Tensor tensor) in tensors)
        {
            using Tensor plain = tensor.detach().cpu().to(float32).contiguous();
            byte[] bytes = plain.bytes.ToArray();
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(offset, offset + bytes.Length),
            };
            data.Add(bytes);
            offset += bytes.Length;
        }
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        WholeFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
            stream.Write(length);
            stream.Write(text);
            foreach (byte[] bytes in data)
                stream.Write(bytes);
        });
    }

    /// <param name="path">The file.</param>
    /// <param name="wanted">Which tensors to read, or null for all; the others may be of any type.</param>
    /// <exception cref="InvalidDataException">The file is not safetensors of those; the message names it.</exception>
    internal static Dictionary<string, Tensor> Load(string path, Predicate<string>? wanted = null)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            Span<byte> length = stackalloc byte[8];
            stream.ReadExactly(length);
            long headerLength = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (headerLength is < 2 or > MaxHeader)
                throw new InvalidDataException($"a header of {headerLength} bytes");
            var text = new byte[headerLength];
            stream.ReadExactly(text);
            var tensors = new Dictionary<string, Tensor>();
            foreach ((string name, JsonNode? entry) in JsonNode.Parse(text)!.AsObject())
            {
                if (name == "__metadata__" || wanted?.Invoke(name) == false)
                    continue;
                int size = (string?)entry!["dtype"] switch { "F32" => sizeof(float), "F16" => 2, _ => 0 };
                if (size == 0)
                    throw new InvalidDataException($"'{name}' is {entry["dtype"]}; only F32 and F16 are read");
                long[] shape = [.. entry["shape"]!.AsArray().Select(d => (long)d!)];
                long begin = (long)entry["data_offsets"]![0]!, end = (long)entry["data_offsets"]![1]!;
                if (begin < 0 || end - begin != size * shape.Aggregate(1L, (a, b) => checked(a * b)))
                    throw new InvalidDataException($"'{name}' has another length than its shape");
                var bytes = new byte[end - begin];
                stream.Position = 8 + headerLength + begin;
                stream.ReadExactly(bytes);
                float[] numbers = size == sizeof(float) ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
                    : Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), number => (float)number);
                tensors[name] = tensor(numbers, shape);
            }
            return tensors;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or OverflowException
            or InvalidOperationException or FormatException or NullReferenceException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: not a readable safetensors file ({e.Message})", e);
        }
    }
}
