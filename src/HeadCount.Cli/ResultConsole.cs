using Spectre.Console;

namespace HeadCount.Cli;

/// <summary>
/// Standard output, for results alone. On a terminal tables have borders and colours; in a pipe or a file they are
/// plain columns, never wrapped, without escape codes.
/// </summary>
internal static class ResultConsole
{
    /// <summary>Wider than any table, so that nothing wraps where nobody's screen sets a limit.</summary>
    private const int Unlimited = 4096;

    internal static void Write(Table table)
    {
        if (!Console.IsOutputRedirected)
        {
            // This border parts the columns itself; without padding the widest table fits a terminal of 80.
            foreach (TableColumn column in table.Columns)
                column.Padding(0, 0);
            AnsiConsole.Write(table.SimpleBorder());
            return;
        }
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        plain.Profile.Width = Unlimited;
        plain.Write(table.NoBorder());
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
            Console.Out.Write(line.TrimEnd() + "\n");
        Console.Out.Flush();
    }
}
