using System.Buffers.Binary;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using Type = Parquet.Meta.Type;

namespace HeadCount.Annotations.Parquet;

/// <summary>
/// Looks through a Parquet file's footer and page headers before the library does, which believes every depth, length
/// and count that stands there ("Parquet Format" 2.11 and "Thrift Compact Protocol", Apache).
/// </summary>
internal static class ParquetGuard
{
    private const int MaxFooter = 64 << 20;

    /// <summary>Largest page, packed or unpacked, and most values in one.</summary>
    private const int MaxPage = 256 << 20, MaxValues = 1 << 24;

    private const int MaxDepth = 32;

    /// <summary>More than any page header takes.</summary>
    private const int HeaderBytes = 1 << 20;

    /// <summary>Reads the footer's structure through.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    internal static void CheckFooter(Stream stream)
    {
        Span<byte> end = stackalloc byte[8];
        if (stream.Length < 12)
            throw new InvalidDataException($"cut off: {stream.Length} bytes");
        stream.Position = 0;
        stream.ReadExactly(end[..4]);
        if (!end[..4].SequenceEqual("PAR1"u8))
            throw new InvalidDataException("it does not begin with PAR1");
        stream.Position = stream.Length - 8;
        stream.ReadExactly(end);
        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (!end[4..].SequenceEqual("PAR1"u8) || length < 1 || length > Math.Min(stream.Length - 12, MaxFooter))
            throw new InvalidDataException("cut off, or without its footer");
        byte[] footer = new byte[length];
        stream.Position = stream.Length - 8 - length;
        stream.ReadExactly(footer);
        new Thrift(footer).Struct(0, null);
    }

    /// <summary>Goes from page to page of a column, as far as its values reach.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or a page is too large.</exception>
    internal static void CheckPages(Stream stream, FileMetaData file, ParquetRowGroupReader group, DataField field)
    {
        ColumnMetaData column = group.GetMetadata(field)?.MetaData
            ?? throw new InvalidDataException($"a row group without column '{field.Name}'");
        // The library writes values of the stored type over memory of the declared one.
        (Type stored, long[] encodings) = Stored(field);
        if (column.Type != stored || file.Schema.Any(element => element.Name == field.Name && element.Type != stored))
            throw new InvalidDataException($"column '{field.Name}' of {field.ClrType.Name} is stored as {column.Type}");
        if (column.NumValues != group.RowCount)
            throw new InvalidDataException($"{column.NumValues} values in a row group of {group.RowCount}");
        long position = column.DictionaryPageOffset is > 0 and var dictionary
            ? Math.Min(dictionary, column.DataPageOffset)
            : column.DataPageOffset;
        byte[] bytes = new byte[(int)Math.Min(HeaderBytes, stream.Length)];
        for (long values = 0; values < column.NumValues;)
        {
            if (position < 4 || position >= stream.Length)
                throw new InvalidDataException($"a page at {position}, outside the file");
            stream.Position = position;
            int read = stream.ReadAtLeast(bytes.AsSpan(0, 4096 < bytes.Length ? 4096 : bytes.Length), 1, false);
            var header = new Dictionary<int, long>();
            int length;
            try
            {
                length = Header(bytes.AsMemory(0, read), header);
            }
            catch (InvalidDataException) when (read == 4096)
            {
                // Statistics of long values make a header long.
                read += stream.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
                header.Clear();
                length = Header(bytes.AsMemory(0, read), header);
            }
            long packed = Value(3), unpacked = Value(2), count = Math.Max(Nested(5, 1), Nested(8, 1)), entries = Nested(7, 1);
            if (unpacked is < 0 or > MaxPage || packed < 0 || packed > Math.Min(MaxPage, stream.Length - position - length))
                throw new InvalidDataException($"a page of {packed} bytes that unpacks to {unpacked}");
            if (count is < 0 or > MaxValues || entries is < 0 or > MaxValues || count + entries == 0)
                throw new InvalidDataException($"a page of {count} values and {entries} entries");
            if (!encodings.Contains(Nested(5, 2)) || !encodings.Contains(Nested(8, 4)) || Nested(7, 2) is not (0 or 2))
                throw new InvalidDataException("a page in an encoding that is not read");
            values += count;
            position += length + packed;

            long Value(int id) => header.GetValueOrDefault(id, -1);
            long Nested(int outer, int id) => header.GetValueOrDefault(Thrift.Inner(outer, id));
        }
    }

    /// <summary>How a column must be stored: plain, in a dictionary, or as differences or bytes apart.</summary>
    private static (Type Type, long[] Encodings) Stored(DataField field) =>
        field.ClrType == typeof(ReadOnlyMemory<char>) ? (Type.BYTE_ARRAY, [0, 2, 8, 6, 7])
        : field.ClrType == typeof(double) ? (Type.DOUBLE, [0, 2, 8, 9])
        : field.ClrType == typeof(float) ? (Type.FLOAT, [0, 2, 8, 9])
        : field.ClrType == typeof(int) ? (Type.INT32, [0, 2, 8, 5])
        : (Type.INT64, [0, 2, 8, 5]);

    private static int Header(ReadOnlyMemory<byte> bytes, Dictionary<int, long> numbers)
    {
        var thrift = new Thrift(bytes);
        thrift.Struct(0, numbers);
        return thrift.Position;
    }

    /// <summary>Walks through one structure.</summary>
    private sealed class Thrift(ReadOnlyMemory<byte> bytes)
    {
        internal int Position { get; private set; }

        /// <summary>The key of a number inside another field's structure.</summary>
        internal static int Inner(int outer, int id) => (outer << 16) + id;

        /// <summary>Notes the integers of the topmost two levels where they are asked for.</summary>
        internal void Struct(int depth, Dictionary<int, long>? numbers, int outer = 0)
        {
            if (depth > MaxDepth)
                throw new InvalidDataException($"nested deeper than {MaxDepth}");
            int id = 0;
            while (true)
            {
                int head = Byte();
                if (head == 0)
                    return;
                id = head >> 4 != 0 ? id + (head >> 4) : (int)Signed();
                int type = head & 15;
                if (type is >= 4 and <= 6)
                {
                    long value = Signed();
                    int key = Inner(outer, id);
                    if (numbers is not null && depth < 2 && !numbers.TryAdd(key, value))
                        throw new InvalidDataException($"field {id} a second time");
                }
                else if (type == 12)
                {
                    Struct(depth + 1, numbers, depth == 0 ? id : short.MaxValue);
                }
                else if (type is not (1 or 2))
                {
                    Skip(type, depth + 1);
                }
            }
        }

        private void Skip(int type, int depth)
        {
            if (depth > MaxDepth)
                throw new InvalidDataException($"nested deeper than {MaxDepth}");
            switch (type)
            {
                case 1 or 2 or 3:
                    Advance(1);
                    break;
                case 4 or 5 or 6:
                    Varint();
                    break;
                case 7:
                    Advance(8);
                    break;
                case 8:
                    Advance(Varint());
                    break;
                case 9 or 10:
                    int head = Byte();
                    ulong count = head >> 4 < 15 ? (ulong)(head >> 4) : Varint();
                    if (count > (ulong)(bytes.Length - Position))
                        throw new InvalidDataException($"cut off: a list of {count}");
                    for (ulong i = 0; i < count; i++)
                        Skip(head & 15, depth + 1);
                    break;
                case 12:
                    Struct(depth + 1, null);
                    break;
                default:
                    // Maps do not occur in Parquet.
                    throw new InvalidDataException($"a field of unknown type {type}");
            }
        }

        private int Byte()
        {
            Advance(1);
            return bytes.Span[Position - 1];
        }

        private void Advance(ulong count)
        {
            if (count > (ulong)(bytes.Length - Position))
                throw new InvalidDataException("cut off in a header");
            Position += (int)count;
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 70; shift += 7)
            {
                int part = Byte();
                value |= (ulong)(part & 127) << shift;
                if (part < 128)
                    return value;
            }
            throw new InvalidDataException("a number without end");
        }

        private long Signed()
        {
            ulong value = Varint();
            return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }
}
