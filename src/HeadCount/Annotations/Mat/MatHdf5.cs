namespace HeadCount.Annotations.Mat;

/// <summary>
/// MATLAB's variables in HDF5 files (<c>save -v7.3</c>): each object says its class in the attribute
/// <c>MATLAB_class</c>; arrays have their extents in reverse; cells, and the fields of struct arrays, hold references;
/// arrays without elements hold their extents and the attribute <c>MATLAB_empty</c>.
/// </summary>
internal sealed class MatHdf5
{
    private const int MaxDepth = 32;
    private readonly Hdf5File _file;

    private MatHdf5(Hdf5File file) => _file = file;

    /// <summary>The file's variables by name.</summary>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    /// <exception cref="NotSupportedException">It holds what MATLAB does not write.</exception>
    internal static Dictionary<string, MatValue> Variables(Hdf5File file)
    {
        var reader = new MatHdf5(file);
        var variables = new Dictionary<string, MatValue>();
        foreach ((string name, ulong address) in file.Members(file.Root))
            if (!name.StartsWith('#'))
                variables[name] = reader.Value(file.Object(address), 0);
        return variables;
    }

    private MatValue Value(Hdf5Object item, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"malformed: arrays nested deeper than {MaxDepth}");
        string kind = item.Attributes.TryGetValue("MATLAB_class", out var name) && name.Type.Kind == Hdf5Type.Text
            ? Hdf5File.Text(name.Data.Span)
            : "unknown";
        if (!item.IsArray)
            return kind == "struct" && item.Symbols is not null && !item.Attributes.ContainsKey("MATLAB_sparse")
                ? Struct(item, depth)
                : new MatOther([], item.Attributes.ContainsKey("MATLAB_sparse") ? "sparse" : kind);

        if (Flag(item, "MATLAB_empty"))
        {
            int[] extents = [.. Numbers(item).Select(extent => extent is >= 0 and <= int.MaxValue
                ? (int)extent
                : throw new InvalidDataException($"malformed: an empty array with an extent of {extent}"))];
            if (!extents.Contains(0))
                throw new InvalidDataException($"malformed: an empty array of {string.Join('×', extents)}");
            return kind switch
            {
                "cell" => new MatCell(extents, []),
                "struct" => new MatStruct(extents, new Dictionary<string, MatValue[]>()),
                "char" => new MatText(extents, ""),
                _ => new MatNumbers(extents, []),
            };
        }
        int[] size = Size(item);
        return kind switch
        {
            "cell" when item.Type!.Kind == Hdf5Type.Reference => new MatCell(size, Referred(item, depth)),
            "char" when item.Type!.IsNumeric => new MatText(size, string.Concat(Numbers(item).Select(unit => (char)unit))),
            "double" or "single" or "logical" or "int8" or "int16" or "int32" or "int64"
                or "uint8" or "uint16" or "uint32" or "uint64" when item.Type!.IsNumeric =>
                new MatNumbers(size, Numbers(item)),
            _ => new MatOther(size, kind),
        };
    }

    private MatStruct Struct(Hdf5Object group, int depth)
    {
        var fields = new Dictionary<string, MatValue[]>();
        int[] size = [1, 1];
        foreach ((string name, ulong address) in _file.Members(group))
        {
            Hdf5Object field = _file.Object(address);
            // The values of a struct array's field are referred to by an array that has no class.
            if (field is { IsArray: true, Type.Kind: Hdf5Type.Reference } && !field.Attributes.ContainsKey("MATLAB_class"))
            {
                size = Size(field);
                fields[name] = Referred(field, depth + 1);
            }
            else
            {
                fields[name] = [Value(field, depth + 1)];
            }
        }
        return new MatStruct(size, fields);
    }

    private MatValue[] Referred(Hdf5Object array, int depth)
    {
        ReadOnlyMemory<byte> addresses = _file.Data(array);
        var values = new MatValue[addresses.Length / array.Type!.Size];
        for (int i = 0; i < values.Length; i++)
            values[i] = Value(_file.Object(new Hdf5File.Reader(addresses[(i * array.Type.Size)..]).UInt64()), depth + 1);
        return values;
    }

    private double[] Numbers(Hdf5Object array)
    {
        if (!array.Type!.IsNumeric)
            throw new InvalidDataException("malformed: an HDF5 array of no numbers where such were due");
        ReadOnlySpan<byte> data = _file.Data(array).Span;
        double[] values = new double[data.Length / array.Type.Size];
        for (int i = 0; i < values.Length; i++)
            values[i] = array.Type.Number(data[(i * array.Type.Size)..]);
        return values;
    }

    /// <summary>MATLAB's extents, at least rows and columns.</summary>
    private static int[] Size(Hdf5Object array) =>
        [.. array.Extents!.Reverse(), .. Enumerable.Repeat(1, Math.Max(0, 2 - array.Extents!.Length))];

    private static bool Flag(Hdf5Object item, string name) =>
        item.Attributes.TryGetValue(name, out var flag) && flag.Type.IsNumeric && flag.Data.Length >= flag.Type.Size
            && flag.Type.Number(flag.Data.Span) != 0;
}
