using System.Buffers.Binary;
using System.Text;

namespace HeadCount.Annotations.Mat;

/// <summary>
/// Builds MAT files of level 5 ("MAT-File Format", The MathWorks), plain and little-endian: what is needed to write
/// head points.
/// </summary>
internal static class MatWriter
{
    private const int Double = 9, Int32 = 5, UInt32 = 6, Int8 = 1, Matrix = 14;
    private const int CellClass = 1, StructClass = 2, DoubleClass = 6;
    private const int FieldNameBytes = 32;

    internal static byte[] File(params byte[][] variables)
    {
        byte[] header = new byte[128];
        header.AsSpan(0, 124).Fill((byte)' ');
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file, written by HeadCount").CopyTo(header, 0);
        header.AsSpan(116, 8).Clear();
        (header[124], header[125], header[126], header[127]) = (0, 1, (byte)'I', (byte)'M');
        return [.. header, .. variables.SelectMany(variable => variable)];
    }

    /// <summary>Numbers, column after column.</summary>
    internal static byte[] Numbers(string name, int rows, int columns, ReadOnlySpan<double> values)
    {
        byte[] data = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(8 * i), values[i]);
        return Array(DoubleClass, name, rows, columns, Element(Double, data));
    }

    /// <summary>A cell of one value.</summary>
    internal static byte[] Cell(string name, byte[] value) => Array(CellClass, name, 1, 1, value);

    /// <summary>A struct of one element; its values have no names of their own.</summary>
    internal static byte[] Struct(string name, params (string Name, byte[] Value)[] fields)
    {
        byte[] names = new byte[FieldNameBytes * fields.Length];
        for (int i = 0; i < fields.Length; i++)
            Encoding.ASCII.GetBytes(fields[i].Name).CopyTo(names, FieldNameBytes * i);
        // The length of the names is written in the short form, as MATLAB does.
        return Array(StructClass, name, 1, 1, [.. Integers(4 << 16 | Int32, FieldNameBytes), .. Element(Int8, names),
            .. fields.SelectMany(field => field.Value)]);
    }

    private static byte[] Array(int arrayClass, string name, int rows, int columns, byte[] content) => Element(Matrix,
    [
        .. Element(UInt32, Integers(arrayClass, 0)),
        .. Element(Int32, Integers(rows, columns)),
        .. Element(Int8, Encoding.ASCII.GetBytes(name)),
        .. content,
    ]);

    private static byte[] Element(int type, byte[] data) =>
        [.. Integers(type, data.Length), .. data, .. new byte[-data.Length & 7]];

    private static byte[] Integers(params ReadOnlySpan<int> values)
    {
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }
}
