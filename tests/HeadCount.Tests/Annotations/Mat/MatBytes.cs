using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace HeadCount.Tests.Annotations.Mat;

/// <summary>Builds MAT files of level 5 byte by byte, in either byte order.</summary>
internal sealed class MatBytes(bool littleEndian = true)
{
    /// <summary>A file of these variables; each may be compressed first.</summary>
    internal byte[] File(params byte[][] variables)
    {
        byte[] header = new byte[128];
        header.AsSpan(0, 116).Fill((byte)' ');
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, written by a test").CopyTo(header, 0);
        Encoding.ASCII.GetBytes(littleEndian ? "\0\u0001IM" : "\u0001\0MI").CopyTo(header, 124);
        return [.. header, .. variables.SelectMany(variable => variable)];
    }

    internal byte[] Compressed(byte[] element)
    {
        using var target = new MemoryStream();
        using (var deflate = new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(element);
        return [.. UInt32(15), .. UInt32((uint)target.Length), .. target.ToArray()];
    }

    internal byte[] Doubles(string name, int rows, int columns, params double[] values) =>
        Array(6, name, rows, columns, Element(9, [.. values.SelectMany(value =>
            UInt64(BitConverter.DoubleToUInt64Bits(value)))]));

    /// <summary>A double array whose whole values are stored as bytes, as MATLAB does to save room.</summary>
    internal byte[] Bytes(string name, int rows, int columns, params byte[] values) =>
        Array(6, name, rows, columns, Element(2, values));

    /// <summary>A double array whose whole values are stored as 16-bit integers.</summary>
    internal byte[] Shorts(string name, int rows, int columns, params short[] values) =>
        Array(6, name, rows, columns, Element(3, [.. values.SelectMany(value => UInt16((ushort)value))]));

    internal byte[] Text(string name, string text) =>
        Array(4, name, 1, text.Length, Element(4, [.. text.SelectMany(unit => UInt16(unit))]));

    internal byte[] Cell(string name, params byte[][] items) =>
        Array(1, name, 1, items.Length, [.. items.SelectMany(item => item)]);

    internal byte[] Struct(string name, params (string Name, byte[] Value)[] fields)
    {
        byte[] names = [.. fields.SelectMany(field => Encoding.ASCII.GetBytes(field.Name.PadRight(32, '\0')))];
        return Array(2, name, 1, 1,
            [.. Element(5, UInt32(32)), .. Element(1, names), .. fields.SelectMany(field => field.Value)]);
    }

    /// <summary>An array of any class around raw content.</summary>
    internal byte[] Array(uint arrayClass, string name, int rows, int columns, byte[] content) => Element(14,
    [
        .. Element(6, [.. UInt32(arrayClass), .. UInt32(0)]),
        .. Element(5, [.. UInt32((uint)rows), .. UInt32((uint)columns)]),
        .. Element(1, Encoding.ASCII.GetBytes(name)),
        .. content,
    ]);

    /// <summary>An element; of 1 to 4 bytes in the short form.</summary>
    internal byte[] Element(uint type, byte[] data) => data.Length is > 0 and <= 4
        ? [.. UInt32((uint)data.Length << 16 | type), .. data, .. new byte[4 - data.Length]]
        : [.. UInt32(type), .. UInt32((uint)data.Length), .. data, .. new byte[-data.Length & 7]];

    private byte[] UInt16(ushort value)
    {
        byte[] bytes = new byte[2];
        if (littleEndian)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    internal byte[] UInt32(uint value)
    {
        byte[] bytes = new byte[4];
        if (littleEndian)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private byte[] UInt64(ulong value)
    {
        byte[] bytes = new byte[8];
        if (littleEndian)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
