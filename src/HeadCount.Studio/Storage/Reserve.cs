namespace HeadCount.Studio.Storage;

/// <summary>
/// A little of the disk that is kept back: when it is full, deleting still works, which needs room in the database first.
/// </summary>
public sealed class Reserve
{
    private const int Bytes = 1 << 19;

    private readonly string _path;

    public Reserve(StudioOptions options)
    {
        _path = Path.Combine(options.Data, "reserve");
        Fill();
    }

    /// <summary>Does something that makes room in the end; where the disk is full it is tried again with what was kept back.</summary>
    internal T Spend<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (DiskSpace.IsExhausted(e) && File.Exists(_path))
        {
            File.Delete(_path);
            return work();
        }
        finally
        {
            Fill();
        }
    }

    private void Fill()
    {
        try
        {
            if (!File.Exists(_path))
                File.WriteAllBytes(_path, new byte[Bytes]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No room: what could be written is no reserve.
            File.Delete(_path);
        }
    }
}
