using System.Text;

namespace HeadCount.Cli;

/// <summary>
/// Standard error, which is told but never waited for: what cannot be written (a full disk, a closed stream) is dropped, and
/// control characters in the names that a line tells are shown, not sent to the terminal.
/// </summary>
internal sealed class StandardError(TextWriter to) : TextWriter
{
    public override Encoding Encoding => to.Encoding;

    public override void Write(char value) => Try(() => to.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => to.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => to.Write(value));

    public override void WriteLine() => Try(to.WriteLine);

    public override void WriteLine(string? value) => Try(() => to.WriteLine(Printable.Of(value)));

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    public override void Flush() => Try(to.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Nobody reads it.
        }
    }
}
