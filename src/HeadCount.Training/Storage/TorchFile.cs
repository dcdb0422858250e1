using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Storage;

/// <summary>
/// State dicts that <c>torch.save</c> wrote: since PyTorch 1.6 a ZIP file of a pickle (<c>data.pkl</c>) and one entry a
/// storage (<c>data/0</c>, …); before, four pickles (magic number, version, system, state dict), one of the storages'
/// keys, and the storages, each after the count of its numbers. Only float32 is read.
/// </summary>
internal static class TorchFile
{
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a file starts as one of the two formats does.</summary>
    internal static bool Recognises(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        return stream.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && (IsZip(start) || start is [0x80, 2]);
    }

    /// <param name="path">The file.</param>
    /// <param name="wanted">Which tensors to read, or null for all; the others may be of any type.</param>
    /// <exception cref="InvalidDataException">The file is no such state dict; the message names it.</exception>
    internal static Dictionary<string, Tensor> Load(string path, Predicate<string>? wanted = null)
    {
        using FileStream stream = File.OpenRead(path);
        try
        {
            Span<byte> start = stackalloc byte[2];
            stream.ReadExactly(start);
            stream.Position = 0;
            return IsZip(start) ? LoadZip(stream, wanted) : LoadOld(stream, wanted);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new InvalidDataException($"{path}: not a readable PyTorch state dict ({e.Message})", e);
        }
    }

    private static bool IsZip(ReadOnlySpan<byte> start) => start.SequenceEqual("PK"u8);

    private static Dictionary<string, Tensor> LoadZip(Stream stream, Predicate<string>? wanted)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        ZipArchiveEntry pickle = archive.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("no data.pkl in it");
        string folder = pickle.FullName[..^"data.pkl".Length];
        if (archive.GetEntry(folder + "byteorder") is { } order)
        {
            using var reader = new StreamReader(order.Open());
            if (reader.ReadToEnd().Trim() != "little")
                throw new InvalidDataException("its numbers are big-endian");
        }
        using var text = new BufferedStream(pickle.Open());
        Dictionary<string, PickledTensor> tensors = Wanted(StateDictPickle.Read(text), wanted);
        var storages = new Dictionary<string, float[]>();
        foreach (PickledStorage storage in tensors.Values.Select(t => t.Storage).DistinctBy(s => s.Key))
        {
            ZipArchiveEntry entry = archive.GetEntry($"{folder}data/{storage.Key}")
                ?? throw new InvalidDataException($"no storage '{storage.Key}' in it");
            // Entries are stored as they are, so none is longer than the file.
            if (entry.Length != checked(4 * storage.Count) || entry.Length > stream.Length)
                throw new InvalidDataException($"storage '{storage.Key}' has {entry.Length} bytes instead of {4 * storage.Count}");
            using Stream data = entry.Open();
            storages[storage.Key] = Floats(data, storage.Count);
        }
        return tensors.ToDictionary(t => t.Key, t => Build(t.Key, t.Value, storages));
    }

    private static Dictionary<string, Tensor> LoadOld(FileStream stream, Predicate<string>? wanted)
    {
        if (StateDictPickle.Read(stream) is not BigInteger magic || magic != Magic)
            throw new InvalidDataException("it does not start with PyTorch's magic number");
        if (StateDictPickle.Read(stream) is not 1001L)
            throw new InvalidDataException("another version than 1001");
        if (StateDictPickle.Read(stream) is not Dictionary<object, object?> system || system.GetValueOrDefault("little_endian") is not true)
            throw new InvalidDataException("its numbers are big-endian");
        object? state = StateDictPickle.Read(stream);
        Dictionary<string, PickledTensor> tensors = Wanted(state, wanted);
        var sizes = Tensors(state).Select(t => t.Value.Storage).DistinctBy(s => s.Key).ToDictionary(s => s.Key, s => ElementSize(s.Type));
        var needed = tensors.Values.Select(t => t.Storage.Key).ToHashSet();
        var storages = new Dictionary<string, float[]>();
        if (StateDictPickle.Read(stream) is not List<object?> keys)
            throw new InvalidDataException("no list of storages in it");
        Span<byte> count = stackalloc byte[8];
        foreach (object? key in keys)
        {
            if (key is not string name || !sizes.TryGetValue(name, out int size))
                throw new InvalidDataException($"a storage '{key}' that no tensor lies in");
            stream.ReadExactly(count);
            long numbers = BinaryPrimitives.ReadInt64LittleEndian(count);
            if (numbers < 0 || numbers > (stream.Length - stream.Position) / size)
                throw new EndOfStreamException($"storage '{name}' is cut short");
            if (needed.Contains(name))
                storages[name] = Floats(stream, numbers);
            else
                stream.Position += numbers * size;
        }
        return tensors.ToDictionary(t => t.Key, t => Build(t.Key, t.Value, storages));
    }

    private static IEnumerable<KeyValuePair<string, PickledTensor>> Tensors(object? state) => state is Dictionary<object, object?> entries
        ? entries.Where(e => e is { Key: string, Value: PickledTensor }).Select(e => KeyValuePair.Create((string)e.Key, (PickledTensor)e.Value!))
        : throw new InvalidDataException("it holds no dictionary of tensors; save model.state_dict()");

    private static Dictionary<string, PickledTensor> Wanted(object? state, Predicate<string>? wanted)
    {
        var tensors = Tensors(state).Where(t => wanted?.Invoke(t.Key) ?? true).ToDictionary();
        foreach ((string name, PickledTensor tensor) in tensors)
        {
            if (tensor.Storage.Type != "FloatStorage")
                throw new InvalidDataException($"'{name}' is in a {tensor.Storage.Type}, only FloatStorage is read");
        }
        return tensors;
    }

    private static int ElementSize(string storage) => storage switch
    {
        "DoubleStorage" or "LongStorage" => 8,
        "FloatStorage" or "IntStorage" => 4,
        "HalfStorage" or "BFloat16Storage" or "ShortStorage" => 2,
        "ByteStorage" or "CharStorage" or "BoolStorage" => 1,
        _ => throw new InvalidDataException($"an unknown {storage}"),
    };

    private static float[] Floats(Stream stream, long count)
    {
        var numbers = new float[count];
        stream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    private static Tensor Build(string name, PickledTensor pickled, Dictionary<string, float[]> storages)
    {
        long count = 1;
        for (int axis = pickled.Shape.Length - 1; axis >= 0; axis--)
        {
            if (pickled.Shape[axis] < 0 || (pickled.Shape[axis] > 1 && pickled.Strides[axis] != count))
                throw new InvalidDataException($"'{name}' does not lie row after row; save it contiguous");
            count = checked(count * pickled.Shape[axis]);
        }
        if (!storages.TryGetValue(pickled.Storage.Key, out float[]? numbers) || pickled.Offset < 0 || pickled.Offset > numbers.Length - count)
            throw new InvalidDataException($"'{name}' reaches beyond its storage");
        return tensor(numbers.AsSpan((int)pickled.Offset, (int)count).ToArray(), pickled.Shape);
    }
}
