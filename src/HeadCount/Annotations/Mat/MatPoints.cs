namespace HeadCount.Annotations.Mat;

/// <summary>Turns a MAT file's N×2 table of (x, y) into head points.</summary>
internal static class MatPoints
{
    /// <summary>The points of a variable of the file.</summary>
    internal static IReadOnlyList<HeadPoint> Read(string path, string variable)
    {
        var variables = MatFile.Read(path);
        return variables.TryGetValue(variable, out MatValue? table)
            ? FromTable(path, variable, table)
            : throw Missing(path, variable, variables.Keys);
    }

    /// <summary>
    /// The points of a table: N×2, or 2×N where that alone makes sense; any array without numbers holds nobody.
    /// MATLAB puts the first pixel's centre at (1, 1), HeadCount at (0.5, 0.5): 0.5 is taken off.
    /// </summary>
    internal static IReadOnlyList<HeadPoint> FromTable(string path, string field, MatValue table)
    {
        if (table is not MatNumbers { Dimensions: var size, Values: var values })
            throw new AnnotationException($"{path}: {field} holds no numbers; expected an N×2 table of x and y");
        if (values.Length == 0)
            return [];
        if (size.Count != 2 || size[0] != 2 && size[1] != 2)
            throw new AnnotationException($"{path}: {field} is {table.Size}; expected an N×2 table of x and y");
        bool columns = size[1] == 2;
        int count = values.Length / 2;
        var heads = new HeadPoint[count];
        for (int i = 0; i < count; i++)
        {
            double x = columns ? values[i] : values[2 * i];
            double y = columns ? values[count + i] : values[2 * i + 1];
            heads[i] = new AnnotationPlace(path, $", point {i + 1} of {field}").Point(x - 0.5, y - 0.5);
        }
        return heads;
    }

    /// <summary>What to say of a file that lacks a variable or field.</summary>
    internal static AnnotationException Missing(string path, string name, IEnumerable<string> found) =>
        new($"{path}: holds no '{name}' (found: {string.Join(", ", found.Take(8).DefaultIfEmpty("nothing"))})");
}
