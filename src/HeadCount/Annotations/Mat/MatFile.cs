using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace HeadCount.Annotations.Mat;

/// <summary>
/// Reads MATLAB's MAT files: those of level 5 ("MAT-File Format", The MathWorks; what <c>save -v6</c> and <c>-v7</c>
/// write), plain or compressed, in both byte orders, and those of version 7.3, which are HDF5 (<see cref="MatHdf5"/>).
/// Numbers, text, cells and structs are read.
/// </summary>
internal static class MatFile
{
    /// <summary>Bounds for hostile files: bytes of the file and, separately, of everything it unpacks to.</summary>
    private const int MaxBytes = 32 << 20;

    /// <summary>Deepest nesting of cells, structs and compression.</summary>
    private const int MaxDepth = 32;

    private const int HeaderBytes = 128;

    /// <summary>The file's variables by name.</summary>
    /// <exception cref="AnnotationException">The file is missing, malformed, too large or no such file.</exception>
    internal static IReadOnlyDictionary<string, MatValue> Read(string path) => AnnotationText.Open(path, stream =>
    {
        AnnotationText.CheckLength(path, stream, MaxBytes);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return Read(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new AnnotationException($"{path}: {e.Message}; replace the file with an intact copy", e);
        }
        catch (NotSupportedException e)
        {
            throw new AnnotationException($"{path}: {e.Message}; save it in MATLAB with -v7", e);
        }
    });

    private static Dictionary<string, MatValue> Read(byte[] bytes)
    {
        if (bytes.Length == 0)
            throw new InvalidDataException("the file is empty");
        if (Hdf5File.Find(bytes) is { } start)
            return MatHdf5.Variables(new Hdf5File(bytes, start, bytes.Length + (long)MaxBytes));
        if (bytes.AsSpan().StartsWith("MATLAB 7.3"u8))
            throw new InvalidDataException("cut off behind the header of version 7.3");
        if (IsLevel4(bytes))
            throw new NotSupportedException("a MAT file of level 4");
        if (bytes.Length < HeaderBytes)
            throw new InvalidDataException($"not a MAT file or cut off: {bytes.Length} bytes, " +
                $"shorter than the header of {HeaderBytes}");
        return new Parser(IsLittleEndian(bytes)).Variables(bytes.AsMemory(HeaderBytes));
    }

    /// <summary>
    /// Whether it begins as level 4 does: five numbers of 32 bits, type, rows, columns, whether there is an imaginary part,
    /// and the length of the name, which follows and ends with a zero.
    /// </summary>
    private static bool IsLevel4(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 21)
            return false;
        bool big = bytes[0] == 0;
        Span<uint> numbers = stackalloc uint[5];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = big && bytes[1] != 0 || big && bytes[2..4].IndexOfAnyExcept((byte)0) >= 0
                ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * i)..])
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        (uint type, uint name) = (numbers[0], numbers[4]);
        return type / 1000 <= 4 && type / 100 % 10 == 0 && type / 10 % 10 <= 5 && type % 10 <= 2 && numbers[3] <= 1
            && name is >= 2 and <= 64 && bytes.Length >= 20 + name && bytes[19 + (int)name] == 0
            && bytes.Slice(20, (int)name - 1).IndexOfAnyExceptInRange((byte)'0', (byte)'z') < 0;
    }

    /// <summary>Byte order from the header's last two bytes: "IM" as written by a little-endian machine.</summary>
    private static bool IsLittleEndian(ReadOnlySpan<byte> bytes)
    {
        bool little = bytes[126] == 'I' && bytes[127] == 'M';
        if (!little && !(bytes[126] == 'M' && bytes[127] == 'I'))
            throw new InvalidDataException("not a MAT file of level 5 (no byte order mark in the header)");
        return little;
    }

    /// <summary>Data types of elements.</summary>
    private enum DataType
    {
        Int8 = 1, UInt8 = 2, Int16 = 3, UInt16 = 4, Int32 = 5, UInt32 = 6, Single = 7, Double = 9,
        Int64 = 12, UInt64 = 13, Matrix = 14, Compressed = 15, Utf8 = 16, Utf16 = 17, Utf32 = 18,
    }

    /// <summary>Array classes; those above <see cref="UInt64"/> are functions and opaque objects.</summary>
    private enum ArrayClass
    {
        Cell = 1, Struct = 2, Object = 3, Char = 4, Sparse = 5, Double = 6, UInt64 = 15,
    }

    private readonly record struct Element(DataType Type, ReadOnlyMemory<byte> Data);

    private sealed class Parser(bool littleEndian)
    {
        private static readonly MatNumbers NoNumbers = new([0, 0], []);

        private int _unpacked;

        internal Dictionary<string, MatValue> Variables(ReadOnlyMemory<byte> bytes)
        {
            var variables = new Dictionary<string, MatValue>();
            AddVariables(bytes, variables, 0);
            return variables;
        }

        private void AddVariables(ReadOnlyMemory<byte> bytes, Dictionary<string, MatValue> variables, int depth)
        {
            CheckDepth(depth);
            while (!bytes.IsEmpty)
            {
                Element element = Next(ref bytes);
                if (element.Type == DataType.Compressed)
                    AddVariables(Unpack(element.Data), variables, depth + 1);
                else if (element.Type == DataType.Matrix)
                    variables[Matrix(element.Data, depth + 1, out MatValue value)] = value;
            }
        }

        /// <summary>Takes one element off the front: an 8-byte tag and padded data, or 8 bytes in all.</summary>
        private Element Next(ref ReadOnlyMemory<byte> bytes)
        {
            if (bytes.Length < 8)
                throw new InvalidDataException($"cut off: an element needs 8 bytes, {bytes.Length} are left");
            uint tag = UInt32(bytes.Span);
            int small = (int)(tag >> 16);
            if (small != 0)
            {
                if (small > 4)
                    throw new InvalidDataException($"malformed: a small element of {small} bytes (4 at most)");
                var packed = new Element((DataType)(tag & 0xFFFF), bytes.Slice(4, small));
                bytes = bytes[8..];
                return packed;
            }
            uint length = UInt32(bytes.Span[4..]);
            if (length > bytes.Length - 8)
                throw new InvalidDataException($"cut off: an element of {length} bytes, {bytes.Length - 8} are left");
            var element = new Element((DataType)tag, bytes.Slice(8, (int)length));
            // Compressed elements are not padded; at the very end the padding may be missing.
            int padded = element.Type == DataType.Compressed ? (int)length : (int)length + 7 & ~7;
            bytes = bytes[Math.Min(8 + padded, bytes.Length)..];
            return element;
        }

        private byte[] Unpack(ReadOnlyMemory<byte> packed)
        {
            using var source = new MemoryStream(packed.ToArray(), writable: false);
            using var inflate = new ZLibStream(source, CompressionMode.Decompress);
            using var target = new MemoryStream();
            byte[] buffer = new byte[16 << 10];
            int read;
            while ((read = inflate.Read(buffer)) > 0)
            {
                _unpacked += read;
                if (_unpacked > MaxBytes)
                    throw new InvalidDataException($"unpacks to more than {MaxBytes} bytes");
                target.Write(buffer, 0, read);
            }
            return target.ToArray();
        }

        /// <summary>Reads an array and returns its name (empty inside cells and structs).</summary>
        private string Matrix(ReadOnlyMemory<byte> bytes, int depth, out MatValue value)
        {
            CheckDepth(depth);
            if (bytes.IsEmpty)
            {
                value = NoNumbers;
                return "";
            }
            Element flags = Next(ref bytes);
            if (flags.Type != DataType.UInt32 || flags.Data.Length != 8)
                throw new InvalidDataException("malformed: an array without its flags");
            var arrayClass = (ArrayClass)(UInt32(flags.Data.Span) & 0xFF);
            if (arrayClass is < ArrayClass.Cell or > ArrayClass.UInt64)
            {
                value = new MatOther([], $"class {(int)arrayClass}");
                return "";
            }

            Element extents = Next(ref bytes);
            if (extents.Type != DataType.Int32 || extents.Data.Length is < 8 or > 4 * 32)
                throw new InvalidDataException("malformed: an array without its dimensions");
            int[] dimensions = [.. Numbers(extents).Select(extent => (int)extent)];
            long count = 1;
            foreach (int extent in dimensions)
            {
                if (extent < 0)
                    throw new InvalidDataException($"malformed: an array of {string.Join('×', dimensions)}");
                // Saturates, so that no product of extents can overflow into a plausible count.
                count = extent == 0 || count == 0 ? 0 : Math.Min(count * extent, int.MaxValue);
            }
            string name = Encoding.UTF8.GetString(Next(ref bytes).Data.Span);

            value = arrayClass switch
            {
                ArrayClass.Cell => new MatCell(dimensions, Items(ref bytes, count, depth)),
                ArrayClass.Struct => new MatStruct(dimensions, Fields(bytes, count, depth)),
                ArrayClass.Char => new MatText(dimensions, count == 0 ? "" : Text(Next(ref bytes))),
                ArrayClass.Object or ArrayClass.Sparse => new MatOther(dimensions, arrayClass.ToString()),
                _ => new MatNumbers(dimensions, Numbers(ref bytes, count)),
            };
            return name;
        }

        private MatValue[] Items(ref ReadOnlyMemory<byte> bytes, long count, int depth)
        {
            CheckRoom(count, bytes.Length);
            var items = new MatValue[count];
            for (int i = 0; i < items.Length; i++)
                Item(ref bytes, depth, out items[i]);
            return items;
        }

        private void Item(ref ReadOnlyMemory<byte> bytes, int depth, out MatValue item)
        {
            Element element = Next(ref bytes);
            if (element.Type != DataType.Matrix)
                throw new InvalidDataException($"malformed: type {(int)element.Type} where an array was due");
            Matrix(element.Data, depth + 1, out item);
        }

        private Dictionary<string, MatValue[]> Fields(ReadOnlyMemory<byte> bytes, long count, int depth)
        {
            Element nameLength = Next(ref bytes);
            if (nameLength.Type != DataType.Int32 || nameLength.Data.Length != 4)
                throw new InvalidDataException("malformed: a struct without the length of its field names");
            int width = (int)UInt32(nameLength.Data.Span);
            ReadOnlySpan<byte> names = Next(ref bytes).Data.Span;
            if (width < 1 || names.Length % width != 0)
                throw new InvalidDataException($"malformed: field names of {width} bytes in {names.Length} bytes");
            if (count == 0)
                return [];
            var fields = new List<KeyValuePair<string, MatValue[]>>();
            CheckRoom(count * (names.Length / width), bytes.Length);
            for (; !names.IsEmpty; names = names[width..])
            {
                ReadOnlySpan<byte> name = names[..width];
                int end = name.IndexOf((byte)0);
                fields.Add(new(Encoding.UTF8.GetString(end < 0 ? name : name[..end]), new MatValue[count]));
            }
            for (int i = 0; i < count; i++)
                foreach (var field in fields)
                    Item(ref bytes, depth, out field.Value[i]);
            var byName = new Dictionary<string, MatValue[]>();
            foreach (var field in fields)
                byName[field.Key] = field.Value;
            return byName;
        }

        private double[] Numbers(ref ReadOnlyMemory<byte> bytes, long count)
        {
            // An empty array may come with an empty element or with none.
            double[] values = bytes.IsEmpty && count == 0 ? [] : Numbers(Next(ref bytes));
            return values.Length == count
                ? values
                : throw new InvalidDataException($"malformed: {values.Length} numbers in an array of {count}");
        }

        private double[] Numbers(Element element)
        {
            ReadOnlySpan<byte> data = element.Data.Span;
            int size = element.Type switch
            {
                DataType.Int8 or DataType.UInt8 => 1,
                DataType.Int16 or DataType.UInt16 => 2,
                DataType.Int32 or DataType.UInt32 or DataType.Single => 4,
                DataType.Int64 or DataType.UInt64 or DataType.Double => 8,
                _ => throw new InvalidDataException($"malformed: type {(int)element.Type} where numbers were due"),
            };
            if (data.Length % size != 0)
                throw new InvalidDataException($"malformed: {data.Length} bytes of {size}-byte numbers");
            double[] values = new double[data.Length / size];
            for (int i = 0; i < values.Length; i++, data = data[size..])
                values[i] = element.Type switch
                {
                    DataType.Int8 => (sbyte)data[0],
                    DataType.UInt8 => data[0],
                    DataType.Int16 => (short)UInt16(data),
                    DataType.UInt16 => UInt16(data),
                    DataType.Int32 => (int)UInt32(data),
                    DataType.UInt32 => UInt32(data),
                    DataType.Single => BitConverter.UInt32BitsToSingle(UInt32(data)),
                    DataType.Int64 => (long)UInt64(data),
                    DataType.UInt64 => UInt64(data),
                    _ => BitConverter.UInt64BitsToDouble(UInt64(data)),
                };
            return values;
        }

        private string Text(Element element)
        {
            if (element.Type == DataType.Utf8)
                return Encoding.UTF8.GetString(element.Data.Span);
            if (element.Type == DataType.Utf32)
                return new UTF32Encoding(!littleEndian, false).GetString(element.Data.Span);
            // Text is also stored as plain integers, one a character.
            Element units = element.Type == DataType.Utf16 ? element with { Type = DataType.UInt16 } : element;
            return string.Concat(Numbers(units).Select(unit => (char)unit));
        }

        private static void CheckDepth(int depth)
        {
            if (depth > MaxDepth)
                throw new InvalidDataException($"malformed: arrays nested deeper than {MaxDepth}");
        }

        /// <summary>Every array inside another takes at least the 8 bytes of its tag.</summary>
        private static void CheckRoom(long arrays, int bytes)
        {
            if (arrays > bytes / 8)
                throw new InvalidDataException($"cut off: {arrays} arrays announced, {bytes} bytes are left");
        }

        private ushort UInt16(ReadOnlySpan<byte> data) =>
            littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);

        private uint UInt32(ReadOnlySpan<byte> data) =>
            littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data);

        private ulong UInt64(ReadOnlySpan<byte> data) =>
            littleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(data) : BinaryPrimitives.ReadUInt64BigEndian(data);
    }
}
