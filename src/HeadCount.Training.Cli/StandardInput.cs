namespace HeadCount.Training.Cli;

/// <summary>The line to the program that started this one.</summary>
internal static class StandardInput
{
    /// <summary>Cancels when standard input ends: who started this program wants it to stop, or is gone.</summary>
    internal static void CancelAtEnd(CancellationTokenSource stop)
    {
        // A thread of its own, which keeps nobody waiting: a read cannot be called off.
        new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0)
            {
            }
            stop.Cancel();
        })
        {
            IsBackground = true,
        }.Start();
    }
}
