namespace HeadCount.Annotations.Mat;

/// <summary>A value of a MAT file. Elements stand in MATLAB's order: column after column.</summary>
/// <param name="Dimensions">Rows, columns and further extents, each 0 or more.</param>
internal abstract record MatValue(IReadOnlyList<int> Dimensions)
{
    /// <summary>Size as MATLAB prints it, such as <c>240×2</c>.</summary>
    internal string Size => string.Join('×', Dimensions);
}

/// <summary>Numbers of any stored type; of complex numbers the real part.</summary>
internal sealed record MatNumbers(IReadOnlyList<int> Dimensions, double[] Values) : MatValue(Dimensions);

/// <summary>Text.</summary>
internal sealed record MatText(IReadOnlyList<int> Dimensions, string Text) : MatValue(Dimensions);

/// <summary>A cell array.</summary>
internal sealed record MatCell(IReadOnlyList<int> Dimensions, MatValue[] Items) : MatValue(Dimensions);

/// <summary>A struct array: each field holds one value an element.</summary>
internal sealed record MatStruct(IReadOnlyList<int> Dimensions, IReadOnlyDictionary<string, MatValue[]> Fields)
    : MatValue(Dimensions);

/// <summary>A value whose class is not read (sparse matrices, objects, functions): known by name alone.</summary>
internal sealed record MatOther(IReadOnlyList<int> Dimensions, string ClassName) : MatValue(Dimensions);
