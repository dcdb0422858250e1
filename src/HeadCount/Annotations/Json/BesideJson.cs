namespace HeadCount.Annotations.Json;

/// <summary>Annotations named as their picture, beside it.</summary>
internal static class BesideJson
{
    /// <summary><c>name.json</c> beside <c>name.jpg</c>, if it is what is looked for.</summary>
    internal static string? Find(string imagePath, Func<FileStart, bool> recognises)
    {
        string path = Path.ChangeExtension(imagePath, ".json");
        return File.Exists(path) && new FileInfo(path).Length > 0 && recognises(FileStart.Of(path)) ? path : null;
    }
}
