using System.Reflection;
using System.Runtime.InteropServices;

namespace HeadCount.Cli;

/// <summary>
/// What every program does around its work, the same file in each: SIGINT (Ctrl-C), SIGTERM and SIGHUP ask it to end, what it
/// says on standard error can never stop it, and whatever goes wrong ends as one line and an exit code.
/// </summary>
internal static class ProgramRun
{
    /// <summary>How long work that was asked to end may take to finish what it is at and write what is done.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>Runs a program's work.</summary>
    /// <param name="program">Its name, before each message.</param>
    /// <param name="work">Gives the exit code; the token is cancelled when a signal asks the program to end.</param>
    /// <param name="expected">The exit code and line of an error that a user can do something about; null for any other.</param>
    internal static async Task<int> RunAsync(
        string program, Func<CancellationToken, Task<int>> work, Func<Exception, (int ExitCode, string? Line)?> expected)
    {
        Console.SetError(new StandardError(Console.Error));
        // An error on a thread that nobody waits for.
        AppDomain.CurrentDomain.UnhandledException += (_, e) => Environment.Exit(Explain(program, (Exception)e.ExceptionObject, expected));
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        PosixSignalRegistration[] signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                // The second time it ends at once.
                context.Cancel = asked.TrySetResult();
                stop.Cancel();
            }))];
        try
        {
            // Not on this thread, which waits for signals.
            Task<int> running = Task.Run(() => work(stop.Token), CancellationToken.None);
            if (await Task.WhenAny(running, asked.Task) != running)
                await Task.WhenAny(running, Task.Delay(Grace, CancellationToken.None));
            return running.IsCompleted ? await running : ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            return Explain(program, e, expected);
        }
        finally
        {
            foreach (PosixSignalRegistration signal in signals)
                signal.Dispose();
        }
    }

    /// <summary>Says what went wrong, in one line, and gives the exit code.</summary>
    internal static int Explain(string program, Exception error, Func<Exception, (int ExitCode, string? Line)?> expected)
    {
        while (error is AggregateException or TypeInitializationException or TargetInvocationException && error.InnerException is { } inner)
            error = inner;
        (int exitCode, string? line) = expected(error) ?? error switch
        {
            OperationCanceledException => (ExitCode.Interrupted, null),
            OutOfMemoryException => (ExitCode.SomeFailed, "there is not enough memory; close other programs, or raise the limit that is set"),
            DllNotFoundException or BadImageFormatException or EntryPointNotFoundException => (ExitCode.SomeFailed,
                $"a library cannot be loaded ({FirstLine(error)}); install the program again, or raise the memory limit that is set"),
            _ => (ExitCode.Fault, $"a fault of the program, {Version}: {error.GetType().Name}{Place(error)} ({FirstLine(error)}); "
                + "please report this line and the call"),
        };
        if (line is not null)
            Console.Error.WriteLine($"{program}: {line}");
        return exitCode;
    }

    private static string Version => $"version {typeof(ProgramRun).Assembly.GetName().Version!.ToString(3)} on {RuntimeInformation.RuntimeIdentifier}";

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd();

    // The method it happened in, the program's own rather than the platform's.
    private static string Place(Exception error)
    {
        string[] places = [.. (error.StackTrace ?? "").Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("at ", StringComparison.Ordinal))];
        string? place = places.FirstOrDefault(line => line.StartsWith("at HeadCount.", StringComparison.Ordinal)) ?? places.FirstOrDefault();
        return place is null ? "" : " " + place.Split('(')[0];
    }
}
