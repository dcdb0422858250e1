using System.Text;

namespace HeadCount.Tests.Annotations.Parquet;

/// <summary>
/// Builds Parquet files byte by byte ("Parquet Format" and "Thrift Compact Protocol", Apache): required columns,
/// plain values, nothing packed, one page a column in each row group.
/// </summary>
internal static class ParquetBytes
{
    private const byte Int32 = 5, Int64 = 6, Binary = 8, List = 9, Struct = 12;
    private const int DoubleType = 5, TextType = 6;

    /// <summary>A file of rows of an image's name, x and y, in groups.</summary>
    internal static byte[] File(params (string Image, double X, double Y)[][] groups)
    {
        List<byte> file = [.. "PAR1"u8];
        var rowGroups = new List<byte[]>();
        foreach (var rows in groups)
        {
            byte[][] chunks =
            [
                Chunk(file, "image", TextType, rows.Length, [.. rows.SelectMany(row => Plain(row.Image))]),
                Chunk(file, "x", DoubleType, rows.Length, [.. rows.SelectMany(row => BitConverter.GetBytes(row.X))]),
                Chunk(file, "y", DoubleType, rows.Length, [.. rows.SelectMany(row => BitConverter.GetBytes(row.Y))]),
            ];
            rowGroups.Add(Structure((1, List, Items(Struct, chunks)), (2, Int64, Number(0)), (3, Int64, Number(rows.Length))));
        }
        byte[] footer = Structure(
            (1, Int32, Number(1)),
            (2, List, Items(Struct, Structure((4, Binary, Text("schema")), (5, Int32, Number(3))),
                Element("image", TextType, (6, Int32, Number(0))), Element("x", DoubleType), Element("y", DoubleType))),
            (3, Int64, Number(groups.Sum(rows => rows.Length))),
            (4, List, Items(Struct, [.. rowGroups])));
        return [.. file, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
    }

    private static byte[] Plain(string text) => [.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Element(string name, int type, params (int, byte, byte[])[] more) =>
        Structure([(1, Int32, Number(type)), (3, Int32, Number(0)), (4, Binary, Text(name)), .. more]);

    /// <summary>Adds a column's page to the file and gives what the footer says of it.</summary>
    private static byte[] Chunk(List<byte> file, string name, int type, int values, byte[] data)
    {
        int offset = file.Count;
        file.AddRange(Structure((1, Int32, Number(0)), (2, Int32, Number(data.Length)), (3, Int32, Number(data.Length)),
            (5, Struct, Structure((1, Int32, Number(values)), (2, Int32, Number(0)), (3, Int32, Number(3)), (4, Int32, Number(3))))));
        file.AddRange(data);
        int length = file.Count - offset;
        return Structure((2, Int64, Number(offset)), (3, Struct, Structure((1, Int32, Number(type)),
            (2, List, Items(Int32, Number(0))), (3, List, Items(Binary, Text(name))), (4, Int32, Number(0)),
            (5, Int64, Number(values)), (6, Int64, Number(length)), (7, Int64, Number(length)), (9, Int64, Number(offset)))));
    }

    private static byte[] Structure(params (int Id, byte Type, byte[] Value)[] fields)
    {
        var bytes = new List<byte>();
        int last = 0;
        foreach ((int id, byte type, byte[] value) in fields)
        {
            bytes.Add((byte)((id - last) << 4 | type));
            bytes.AddRange(value);
            last = id;
        }
        return [.. bytes, 0];
    }

    private static byte[] Items(byte type, params byte[][] items) =>
        [(byte)(items.Length << 4 | type), .. items.SelectMany(item => item)];

    private static byte[] Text(string text) => [.. Unsigned((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(long value) => Unsigned((ulong)(value << 1 ^ value >> 63));

    private static byte[] Unsigned(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value | 128));
        return [.. bytes, (byte)value];
    }
}
