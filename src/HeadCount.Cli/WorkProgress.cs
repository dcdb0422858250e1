using System.Diagnostics;
using Spectre.Console;

namespace HeadCount.Cli;

/// <summary>
/// Says on standard error how far a longer piece of work is and how much time is left: nothing in the first two
/// seconds, then a bar on a terminal and a plain line now and then elsewhere. Disposing it takes the bar away.
/// </summary>
internal sealed class WorkProgress : IProgress<double>, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly string _what, _unit;
    private readonly double _total;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Task _display;
    private double _done;

    /// <summary>Begins the work.</summary>
    /// <param name="what">What is being done, such as <c>Counting</c>.</param>
    /// <param name="unit">What is done piece by piece, such as <c>pictures</c>.</param>
    /// <param name="total">How many pieces there are.</param>
    internal WorkProgress(string what, string unit, double total)
    {
        (_what, _unit, _total) = (what, unit, total);
        _display = Task.Run(ShowAsync);
    }

    /// <summary>Says how many pieces are done, fractions included.</summary>
    public void Report(double value) => Volatile.Write(ref _done, value);

    public void Dispose()
    {
        _stop.Cancel();
        _display.Wait();
        _stop.Dispose();
    }

    private async Task ShowAsync()
    {
        try
        {
            await Task.Delay(Quiet, _stop.Token);
            await (Console.IsErrorRedirected ? ShowLinesAsync() : ShowBarAsync());
        }
        catch (OperationCanceledException)
        {
            // Disposed: the work is done.
        }
    }

    private async Task ShowLinesAsync()
    {
        while (true)
        {
            double done = Volatile.Read(ref _done);
            string left = done > 0
                ? $", {Stopwatch.GetElapsedTime(_start) * ((_total - done) / done):h\\:mm\\:ss} left"
                : "";
            await Console.Error.WriteLineAsync(FormattableString.Invariant(
                $"{_what}: {Math.Floor(done):0} of {_total:0} {_unit} ({Math.Floor(100 * done / _total):0} %){left}"));
            await Task.Delay(BetweenLines, _stop.Token);
        }
    }

    private Task ShowBarAsync()
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape($"{_what} {_total:0} {_unit}"), maxValue: _total);
                while (!_stop.IsCancellationRequested)
                {
                    task.Value = Volatile.Read(ref _done);
                    await Task.Delay(100, CancellationToken.None);
                }
            });
    }
}
