using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace HeadCount.Annotations.Mat;

/// <summary>
/// Reads HDF5 files ("HDF5 File Format Specification Version 3.0", The HDF Group) as far as MATLAB writes them:
/// superblocks 0 and 1, groups with symbol tables, object headers of version 1, arrays stored compact, contiguous or
/// in chunks, filters deflate and shuffle. Own code because general readers follow links out of the file and in
/// circles; here all work is counted, and nothing but the given bytes is touched.
/// </summary>
internal sealed class Hdf5File
{
    private const ulong Undefined = ulong.MaxValue;
    private const int MaxRank = 32;

    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>What may still be read and unpacked: parts that refer to one another in circles come to an end.</summary>
    private long _budget;

    /// <summary>Opens a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="start">Where the superblock stands.</param>
    /// <param name="budget">Bytes that may be read and unpacked in all.</param>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    /// <exception cref="NotSupportedException">It is of a kind that MATLAB does not write.</exception>
    internal Hdf5File(ReadOnlyMemory<byte> bytes, int start, long budget)
    {
        _budget = budget;
        _bytes = bytes[start..];
        Reader superblock = At(0, 100);
        superblock.Skip(8);
        int version = superblock.Byte();
        superblock.Skip(4);
        if (version > 1 || superblock.Byte() != 8 || superblock.Byte() != 8)
            throw new NotSupportedException($"an HDF5 file as MATLAB does not write it (superblock {version})");
        superblock.Skip(version == 0 ? 9 : 13);
        // Addresses count from the base address, which MATLAB puts at the superblock.
        if (superblock.UInt64() is var origin && origin != (ulong)start)
            throw new InvalidDataException($"malformed: an HDF5 base address of {origin} instead of {start}");
        superblock.Skip(3 * 8 + 8);
        Root = Object(superblock.UInt64());
    }

    /// <summary>Where the superblock stands: at the start, or behind MATLAB's header of 512 bytes; else null.</summary>
    internal static int? Find(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
        return bytes.StartsWith(signature) ? 0
            : bytes.Length > 512 && bytes[512..].StartsWith(signature) ? 512
            : null;
    }

    /// <summary>The topmost group.</summary>
    internal Hdf5Object Root { get; }

    /// <summary>The object of an address, such as a reference holds.</summary>
    internal Hdf5Object Object(ulong address)
    {
        Reader header = At(address, 16);
        if (header.Byte() != 1)
            throw new InvalidDataException("malformed: an HDF5 object without its header");
        header.Skip(1);
        int messages = header.UInt16();
        header.Skip(4);
        var target = new Hdf5Object();
        var blocks = new Queue<(ulong Address, ulong Length)>();
        blocks.Enqueue((address + 16, header.UInt32()));
        while (messages > 0 && blocks.TryDequeue(out var block))
        {
            Reader reader = At(block.Address, block.Length);
            while (messages > 0 && reader.Left >= 8)
            {
                messages--;
                int type = reader.UInt16();
                int length = reader.UInt16();
                int flags = reader.Byte();
                reader.Skip(3);
                Reader message = reader.Part(length);
                // Shared messages stand elsewhere; MATLAB has none.
                if ((flags & 2) == 0)
                    Message(target, type, message, blocks);
            }
        }
        return target;
    }

    private static void Message(Hdf5Object target, int type, Reader message, Queue<(ulong, ulong)> blocks)
    {
        switch (type)
        {
            case 0x01:
                target.Extents = Extents(ref message);
                break;
            case 0x03:
                target.Type = Hdf5Type.Of(ref message);
                break;
            case 0x08:
                Layout(target, ref message);
                break;
            case 0x0B:
                Filters(target, ref message);
                break;
            case 0x0C:
                Attribute(target, ref message);
                break;
            case 0x10:
                blocks.Enqueue((message.UInt64(), message.UInt64()));
                break;
            case 0x11:
                target.Symbols = (message.UInt64(), message.UInt64());
                break;
        }
    }

    private static int[] Extents(ref Reader message)
    {
        int version = message.Byte();
        int rank = message.Byte();
        message.Skip(version == 1 ? 6 : 2);
        if (version is not (1 or 2) || rank > MaxRank)
            throw new InvalidDataException($"malformed: an HDF5 dataspace of version {version} and rank {rank}");
        int[] extents = new int[rank];
        for (int i = 0; i < rank; i++)
            extents[i] = Extent(message.UInt64());
        return extents;
    }

    private static int Extent(ulong extent) => extent <= int.MaxValue
        ? (int)extent
        : throw new InvalidDataException($"malformed: an HDF5 array with an extent of {extent}");

    private static void Layout(Hdf5Object target, ref Reader message)
    {
        if (message.Byte() is var version and not 3)
            throw new NotSupportedException($"an HDF5 array of layout {version}, which MATLAB does not write");
        switch (message.Byte())
        {
            case 0:
                target.Inline = message.Part(message.UInt16()).Rest;
                break;
            case 1:
                target.Address = message.UInt64();
                break;
            case 2:
                int rank = message.Byte() - 1;
                if (rank is < 1 or > MaxRank)
                    throw new InvalidDataException($"malformed: HDF5 chunks of rank {rank}");
                target.Address = message.UInt64();
                target.Chunk = new int[rank];
                for (int i = 0; i < rank; i++)
                    target.Chunk[i] = Extent(message.UInt32());
                if (target.Chunk.Contains(0))
                    throw new InvalidDataException("malformed: HDF5 chunks without elements");
                break;
            default:
                throw new InvalidDataException("malformed: an HDF5 array of unknown layout");
        }
    }

    private static void Filters(Hdf5Object target, ref Reader message)
    {
        int version = message.Byte();
        int count = message.Byte();
        if (version is not (1 or 2))
            throw new InvalidDataException($"malformed: HDF5 filters of version {version}");
        message.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            int id = message.UInt16();
            int nameLength = version == 1 || id >= 256 ? message.UInt16() : 0;
            message.Skip(2);
            int values = message.UInt16();
            message.Skip(version == 1 ? nameLength + 7 & ~7 : nameLength);
            message.Skip(4 * (version == 1 ? values + 1 & ~1 : values));
            target.Filters.Add(id);
        }
    }

    private static void Attribute(Hdf5Object target, ref Reader message)
    {
        int version = message.Byte();
        message.Skip(1);
        int nameLength = message.UInt16(), typeLength = message.UInt16(), spaceLength = message.UInt16();
        if (version is < 1 or > 3)
            throw new InvalidDataException($"malformed: an HDF5 attribute of version {version}");
        message.Skip(version == 3 ? 1 : 0);
        string name = Text(message.Part(nameLength).Rest.Span);
        message.Skip(Padding(nameLength));
        Reader type = message.Part(typeLength);
        message.Skip(Padding(typeLength));
        message.Skip(spaceLength + Padding(spaceLength));
        target.Attributes[name] = (Hdf5Type.Of(ref type), message.Rest);

        int Padding(int length) => version == 1 ? -length & 7 : 0;
    }

    /// <summary>Text up to its first null.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Names and addresses of what a group holds; links to other places are left out.</summary>
    internal List<(string Name, ulong Address)> Members(Hdf5Object group)
    {
        var members = new List<(string, ulong)>();
        if (group.Symbols is not var (tree, heapAddress))
            return members;
        Reader heap = At(heapAddress, 32);
        heap.Expect("HEAP"u8);
        heap.Skip(4);
        ulong size = heap.UInt64();
        heap.Skip(8);
        ReadOnlyMemory<byte> names = At(heap.UInt64(), size).Rest;
        Walk(tree, 0, 0, (_, address) =>
        {
            Reader node = At(address, 8);
            node.Expect("SNOD"u8);
            node.Skip(2);
            int count = node.UInt16();
            Reader entries = At(address + 8, 40 * (ulong)count);
            for (int i = 0; i < count; i++)
            {
                ulong name = entries.UInt64();
                ulong target = entries.UInt64();
                bool link = entries.UInt32() == 2;
                entries.Skip(20);
                if (name >= (ulong)names.Length)
                    throw new InvalidDataException("malformed: an HDF5 name outside its heap");
                // Names may be long and stand for many entries: they are counted too.
                string text = Text(names.Span[(int)name..]);
                Spend(text.Length);
                if (!link)
                    members.Add((text, target));
            }
        });
        return members;
    }

    /// <summary>Goes through the leaves of a B-tree of version 1.</summary>
    private void Walk(ulong address, int type, int keyRest, Action<Reader, ulong> leaf, int? expected = null)
    {
        Reader node = At(address, 24);
        node.Expect("TREE"u8);
        if (node.Byte() != type)
            throw new InvalidDataException("malformed: an HDF5 tree of another kind");
        int level = node.Byte();
        if (level != (expected ?? level) || level > 8)
            throw new InvalidDataException($"malformed: an HDF5 tree with level {level} where it does not belong");
        int count = node.UInt16();
        int keySize = 8 + keyRest;
        Reader entries = At(address + 24, (ulong)(count * (keySize + 8)));
        for (int i = 0; i < count; i++)
        {
            Reader key = entries.Part(keySize);
            ulong child = entries.UInt64();
            if (level == 0)
                leaf(key, child);
            else
                Walk(child, type, keyRest, leaf, level - 1);
        }
    }

    /// <summary>The elements of an array, one after the other, the last extent running fastest.</summary>
    internal ReadOnlyMemory<byte> Data(Hdf5Object array)
    {
        int size = array.Type!.Size;
        long length = Product(array.Extents!, size);
        // What becomes of an element takes 8 bytes at least.
        Spend(Math.Max(length, 8 * (length / size)));
        if (array.Inline is { } inline)
            return inline.Length >= length ? inline[..(int)length] : throw TooShort();
        if (length == 0)
            return default;
        if (array.Address == Undefined)
            throw new InvalidDataException("cut off: an array without its data");
        return array.Chunk is null
            ? array.Filters.Count == 0 ? At(array.Address, (ulong)length).Rest : throw TooShort()
            : Chunks(array, array.Chunk, (int)length, size);

        static InvalidDataException TooShort() => new("malformed: an array that is shorter than its extents");
    }

    private byte[] Chunks(Hdf5Object array, int[] chunk, int length, int size)
    {
        int[] extents = array.Extents!;
        if (chunk.Length != extents.Length)
            throw new InvalidDataException("malformed: HDF5 chunks of another rank than their array");
        long chunkLength = Product(chunk, size);
        byte[] data = new byte[length];
        long found = 0;
        Walk(array.Address, 1, 8 * (chunk.Length + 1), (key, address) =>
        {
            uint stored = key.UInt32();
            uint skipped = key.UInt32();
            long[] origin = new long[chunk.Length];
            for (int i = 0; i < origin.Length; i++)
                origin[i] = key.UInt64() is var start && start < (ulong)extents[i]
                    ? (long)start
                    : throw new InvalidDataException("malformed: an HDF5 chunk outside its array");
            Spend(chunkLength);
            ReadOnlyMemory<byte> content = At(address, stored).Rest;
            for (int i = array.Filters.Count - 1; i >= 0; i--)
                if ((skipped >> i & 1) == 0)
                    content = Unfilter(array.Filters[i], content, (int)chunkLength, size);
            if (content.Length != chunkLength)
                throw new InvalidDataException($"malformed: an HDF5 chunk of {content.Length} bytes instead of {chunkLength}");
            found += Copy(content.Span, chunk, origin, data, extents, size);
        });
        return found == length
            ? data
            : throw new InvalidDataException($"cut off: chunks of {found} bytes for an array of {length}");
    }

    /// <summary>Copies a chunk to its place, without what stands over; gives the number of bytes.</summary>
    private static long Copy(
        ReadOnlySpan<byte> chunk, int[] shape, long[] origin, Span<byte> data, int[] extents, int size)
    {
        int last = shape.Length - 1;
        int run = (int)Math.Min(shape[last], extents[last] - origin[last]) * size;
        long copied = 0;
        long[] at = new long[shape.Length];
        for (int from = 0; from < chunk.Length; from += shape[last] * size)
        {
            long to = 0;
            bool inside = true;
            for (int i = 0; i < shape.Length; i++)
            {
                inside &= origin[i] + at[i] < extents[i];
                to = to * extents[i] + origin[i] + at[i];
            }
            if (inside)
            {
                chunk.Slice(from, run).CopyTo(data[(int)(to * size)..]);
                copied += run;
            }
            for (int i = last - 1; i >= 0 && ++at[i] == shape[i]; i--)
                at[i] = 0;
        }
        return copied;
    }

    private static byte[] Unfilter(int filter, ReadOnlyMemory<byte> content, int length, int size)
    {
        switch (filter)
        {
            case 1:
                byte[] unpacked = new byte[length];
                using (var source = new MemoryStream(content.ToArray(), writable: false))
                using (var inflate = new ZLibStream(source, CompressionMode.Decompress))
                    if (inflate.ReadAtLeast(unpacked, length, throwOnEndOfStream: false) is var read && read < length)
                        throw new InvalidDataException($"malformed: an HDF5 chunk unpacks to {read} bytes instead of {length}");
                return unpacked;
            case 2:
                // First all elements' first bytes, then their second ones, and so on.
                byte[] ordered = new byte[content.Length];
                ReadOnlySpan<byte> shuffled = content.Span;
                int count = shuffled.Length / size;
                for (int i = 0; i < size * count; i++)
                    ordered[i % count * size + i / count] = shuffled[i];
                shuffled[(size * count)..].CopyTo(ordered.AsSpan(size * count));
                return ordered;
            default:
                throw new NotSupportedException($"an array packed with HDF5 filter {filter}, which MATLAB does not write");
        }
    }

    /// <summary>Bytes of an array; refuses what is more than may be read.</summary>
    private long Product(int[] extents, int size)
    {
        long length = extents.Contains(0) ? 0 : size;
        foreach (int extent in extents)
        {
            length *= extent;
            if (length > _budget)
                throw new InvalidDataException($"an array of {string.Join('×', extents)}, more than is read");
        }
        return length;
    }

    private Reader At(ulong address, ulong length)
    {
        if (address > (ulong)_bytes.Length || length > (ulong)_bytes.Length - address)
            throw new InvalidDataException($"cut off: {length} bytes at {address}, the file has {_bytes.Length}");
        Spend((long)length);
        return new Reader(_bytes.Slice((int)address, (int)length));
    }

    private void Spend(long bytes)
    {
        // Every step counts something, so that empty parts in circles come to an end too.
        _budget -= bytes + 16;
        if (_budget < 0)
            throw new InvalidDataException("unpacks to more than is read, or refers to itself in circles");
    }

    /// <summary>Takes numbers off the front of some bytes.</summary>
    internal struct Reader(ReadOnlyMemory<byte> bytes)
    {
        internal ReadOnlyMemory<byte> Rest { get; private set; } = bytes;

        internal readonly int Left => Rest.Length;

        internal Reader Part(int length)
        {
            if (length > Rest.Length)
                throw new InvalidDataException($"cut off: {length} bytes due in an HDF5 part, {Rest.Length} are left");
            var part = new Reader(Rest[..length]);
            Rest = Rest[length..];
            return part;
        }

        internal void Skip(int length) => Part(length);

        internal void Expect(ReadOnlySpan<byte> signature)
        {
            if (!Part(signature.Length).Rest.Span.SequenceEqual(signature))
                throw new InvalidDataException($"malformed: no HDF5 {Encoding.ASCII.GetString(signature)} where it was due");
        }

        internal int Byte() => Part(1).Rest.Span[0];

        internal int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Part(2).Rest.Span);

        internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Part(4).Rest.Span);

        internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Part(8).Rest.Span);
    }
}

/// <summary>A group or an array of an HDF5 file, with what its header says.</summary>
internal sealed class Hdf5Object
{
    /// <summary>Tree and heap of a group; null for others.</summary>
    internal (ulong Tree, ulong Heap)? Symbols { get; set; }

    /// <summary>Of an array; none for a single element, null for others.</summary>
    internal int[]? Extents { get; set; }

    /// <summary>Of an array's elements.</summary>
    internal Hdf5Type? Type { get; set; }

    /// <summary>Whether it is an array whose header is whole.</summary>
    internal bool IsArray => Extents is not null && Type is not null;

    /// <summary>Where an array's data or its tree of chunks stand.</summary>
    internal ulong Address { get; set; } = ulong.MaxValue;

    /// <summary>Data that stand in the header.</summary>
    internal ReadOnlyMemory<byte>? Inline { get; set; }

    /// <summary>Extents of the chunks, where an array is stored so.</summary>
    internal int[]? Chunk { get; set; }

    internal List<int> Filters { get; } = [];

    /// <summary>Type and data by name.</summary>
    internal Dictionary<string, (Hdf5Type Type, ReadOnlyMemory<byte> Data)> Attributes { get; } = [];
}

/// <summary>What an element is.</summary>
/// <param name="Kind">The HDF5 class: 0 integers, 1 floating point, 3 text, 7 references.</param>
/// <param name="Size">Bytes.</param>
/// <param name="BigEndian">Whether the most significant byte comes first.</param>
/// <param name="Signed">Whether an integer has a sign.</param>
internal sealed record Hdf5Type(int Kind, int Size, bool BigEndian, bool Signed)
{
    internal const int Integer = 0, Floating = 1, Text = 3, Reference = 7;

    internal static Hdf5Type Of(ref Hdf5File.Reader message)
    {
        int kind = message.Byte() & 15;
        int bits = message.Byte();
        message.Skip(2);
        uint size = message.UInt32();
        return size is > 0 and <= ushort.MaxValue
            ? new Hdf5Type(kind, (int)size, (bits & 1) != 0, (bits & 8) != 0)
            : throw new InvalidDataException($"malformed: an HDF5 element of {size} bytes");
    }

    /// <summary>Whether the elements are numbers that <see cref="Number"/> reads.</summary>
    internal bool IsNumeric => Kind == Integer && Size is 1 or 2 or 4 or 8 || Kind == Floating && Size is 4 or 8;

    internal double Number(ReadOnlySpan<byte> element)
    {
        ulong bits = 0;
        for (int i = 0; i < Size; i++)
            bits |= (ulong)element[BigEndian ? Size - 1 - i : i] << 8 * i;
        int unused = 64 - 8 * Size;
        return Kind == Integer ? Signed ? (long)(bits << unused) >> unused : bits
            : Size == 8 ? BitConverter.UInt64BitsToDouble(bits)
            : BitConverter.UInt32BitsToSingle((uint)bits);
    }
}
