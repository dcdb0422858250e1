using System.Text;
using FsCheck.Xunit;
using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests;

[Collection(CliRun.ConsoleCollection)]
public sealed class ProgramRunTests
{
    private static (int ExitCode, string Error) Explain(Exception thrown)
    {
        TextWriter error = Console.Error;
        using var said = new StringWriter();
        try
        {
            Console.SetError(said);
            try
            {
                throw thrown;
            }
            catch (Exception e)
            {
                return (ProgramRun.Explain("headcount", e, Launcher.Expected), said.ToString());
            }
        }
        finally
        {
            Console.SetError(error);
        }
    }

    [Fact]
    public void Fault_IsOneLineToReport_AndExitCode70()
    {
        (int exitCode, string error) = Explain(new InvalidOperationException("no such state\nand more"));
        Assert.Equal(70, exitCode);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.Contains("InvalidOperationException at HeadCount.Cli.Tests.ProgramRunTests.Explain (no such state); please report", error, StringComparison.Ordinal);
        Assert.Contains("version 0.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorInsideOthers_IsSaidAsItself()
    {
        (int exitCode, string error) = Explain(new AggregateException(new TypeInitializationException("X", new PictureException("a.jpg: cannot be written"))));
        Assert.Equal((1, "headcount: a.jpg: cannot be written\n"), (exitCode, error));
        Assert.Equal((130, ""), Explain(new AggregateException(new OperationCanceledException())));
        Assert.Contains("a library cannot be loaded (libvips)", Explain(new DllNotFoundException("libvips")).Error, StringComparison.Ordinal);
    }

    [Property]
    public bool Printable_HasNoControls_AndLeavesOtherTextAlone(string text)
    {
        string shown = Printable.Of(text);
        return !shown.Any(char.IsControl) && (text is null || text.Any(char.IsControl) || text.Any(c => c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069') || shown == text);
    }

    [Fact]
    public void StandardError_ShowsWhatNamesHide()
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var error = new StandardError(text))
            error.WriteLine("esc\e[31m\u202egpj.exe\nsecond");
        Assert.Equal("esc\\u001b[31m\\u202egpj.exe\\nsecond\n", text.ToString());
    }

    [Fact]
    public async Task NamesOfFiles_CannotSpeakToTheTerminal_AndTheLongestAreDrawn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "its names hold no such characters");
        using var folder = new TempFolder();
        DotModel.Save(folder["dots.onnx"]);
        Directory.CreateDirectory(folder["in"]);
        byte[] picture = PictureWriter.EncodePng(DotModel.Draw(60, 40, [(20, 20)]));
        string longest = new string('n', 251), sharp = string.Concat(Enumerable.Repeat("ß", 125));
        foreach (string name in (string[])["esc\e[31m.png", "line\nend.png", longest + ".png", longest + ".jpg", sharp + ".gif"])
            await File.WriteAllBytesAsync(folder["in/" + name], picture, TestContext.Current.CancellationToken);
        CliRun run = await CliRun.RunAsync("count", folder["in"], "--model", folder["dots.onnx"], "-o", folder["out"], "--overlay");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("esc\\u001b[31m.png", run.Output, StringComparison.Ordinal);
        Assert.Equal(7, run.Output.Count(c => c == '\n'));
        string[] drawn = [.. Directory.GetFiles(folder["out/overlays"]).Select(file => Path.GetFileName(file))];
        Assert.Equal(5, drawn.Length);
        Assert.All(drawn, name => Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 255));
    }
}
