namespace HeadCount.Training.Data;

/// <summary>Room for decoded pictures; those that it has no room for are decoded whenever they are needed.</summary>
/// <param name="bytes">Bytes of pixels that it holds.</param>
internal sealed class PictureMemory(long bytes)
{
    private long _left = bytes;

    /// <summary>Half of the memory that this process may use.</summary>
    internal static PictureMemory Half() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>Takes that much of the room; false, and nothing taken, where less is left.</summary>
    internal bool Take(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) >= 0)
            return true;
        Interlocked.Add(ref _left, bytes);
        return false;
    }
}
