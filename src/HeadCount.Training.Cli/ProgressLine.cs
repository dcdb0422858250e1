using System.Diagnostics;
using System.Globalization;

namespace HeadCount.Training.Cli;

/// <summary>Training progress on standard error: a line that renews itself on a terminal, now and then a line elsewhere.</summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(0.5), Elsewhere = TimeSpan.FromMinutes(1);

    private readonly bool _terminal = !Console.IsErrorRedirected;
    private readonly Stopwatch _since = Stopwatch.StartNew();

    internal void Report(TrainingProgress progress)
    {
        if (progress.Message is { } message)
        {
            if (_terminal)
                Console.Error.Write("\r\e[K");
            Console.Error.WriteLine($"{progress.Step,7:N0}  {message}");
            return;
        }
        if (_since.Elapsed < (_terminal ? OnTerminal : Elsewhere))
            return;
        _since.Restart();
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{progress.Step,7:N0} of {progress.Steps:N0}  loss {progress.Loss:f3}  {progress.CropsPerSecond:f0} crops/s  ")
            + string.Create(CultureInfo.InvariantCulture, $"{progress.Remaining:d\\.hh\\:mm\\:ss} left");
        if (_terminal)
            Console.Error.Write("\r\e[K" + line);
        else
            Console.Error.WriteLine(line);
    }
}
