namespace HeadCount.Cli;

/// <summary>What the program says to the shell.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    internal const int Done = 0;

    /// <summary>Some inputs failed and are listed; the others are done.</summary>
    internal const int SomeFailed = 1;

    /// <summary>The call was wrong: nothing was done.</summary>
    internal const int WrongCall = 2;

    /// <summary>A fault of the program, with a line to report (sysexits' EX_SOFTWARE).</summary>
    internal const int Fault = 70;

    /// <summary>Interrupted; what was finished is kept.</summary>
    internal const int Interrupted = 130;
}
