namespace HeadCount.Cli;

/// <summary>The folder of the option <c>-o</c>.</summary>
internal static class OutputFolder
{
    /// <summary>Creates it and opens something in it, before any work is done.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    internal static T Open<T>(string folder, Func<T> open)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"-o {folder}: cannot be written ({e.Message}); choose another folder");
        }
    }
}
