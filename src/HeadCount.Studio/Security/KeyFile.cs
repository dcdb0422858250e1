namespace HeadCount.Studio.Security;

/// <summary>Reads the file of <c>--keys</c>.</summary>
public static class KeyFile
{
    /// <summary>The keys by their names; a line each, the name first, then white space and the key. Lines that begin with # say
    /// something to people.</summary>
    /// <param name="path">The file; null: no keys.</param>
    /// <exception cref="ArgumentException">A line is none, or two have one name or key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Dictionary<string, string> Read(string? path)
    {
        var keys = new Dictionary<string, string>();
        if (path is null)
            return keys;
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts[0].StartsWith('#'))
                continue;
            if (parts.Length != 2)
                throw new ArgumentException($"--keys {path}, line {number}: expected a name and a key, with a space between them");
            if (keys.ContainsKey(parts[0]) || keys.ContainsValue(parts[1]))
                throw new ArgumentException($"--keys {path}, line {number}: the name or the key stands there twice");
            keys.Add(parts[0], parts[1]);
        }
        return keys;
    }
}
