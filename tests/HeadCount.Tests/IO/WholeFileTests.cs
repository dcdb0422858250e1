using System.Diagnostics;
using HeadCount.IO;
using Xunit;

namespace HeadCount.Tests.IO;

public sealed class WholeFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_ThatFails_LeavesTheOldFileAndNothingElse()
    {
        File.WriteAllText(_folder["a.txt"], "old");

        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(_folder["a.txt"], stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(_folder["a.txt"]));
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Write_Replaces()
    {
        File.WriteAllText(_folder["a.txt"], "old and longer");
        WholeFile.Write(_folder["a.txt"], stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(_folder["a.txt"]));
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Write_ThroughLinks_ReachesTheFile_AndKeepsItsMode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no links and modes as here");
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(_folder["elsewhere"]);
        File.WriteAllText(_folder["elsewhere/a.txt"], "old");
        File.SetUnixFileMode(_folder["elsewhere/a.txt"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder["middle.txt"], "elsewhere/a.txt");
        File.CreateSymbolicLink(_folder["link.txt"], "middle.txt");

        WholeFile.WriteText(_folder["link.txt"], "new");

        Assert.Equal("middle.txt", new FileInfo(_folder["link.txt"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder["elsewhere/a.txt"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["elsewhere/a.txt"]));
        Assert.Equal(["a.txt"], Directory.GetFiles(_folder["elsewhere"]).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_ThroughALinkToNothing_MakesTheFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no links as here");
        File.CreateSymbolicLink(_folder["link.txt"], "new.txt");
        WholeFile.WriteText(_folder["link.txt"], "new");
        Assert.Equal("new", File.ReadAllText(_folder["new.txt"]));
        Assert.NotNull(new FileInfo(_folder["link.txt"]).LinkTarget);
    }

    [Fact]
    public async Task Write_IntoAPipe_IsReadAtItsOtherEnd()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mkfifo");
        using (Process made = Process.Start("mkfifo", _folder["pipe"]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Task<string> read = Task.Run(() => File.ReadAllText(_folder["pipe"]), TestContext.Current.CancellationToken);
        WholeFile.WriteText(_folder["pipe"], "through");
        Assert.Equal("through", await read);
        Assert.True(FileKind.IsSpecial(_folder["pipe"]));
    }

    [Theory]
    [InlineData("/dev/null", true)]
    [InlineData("/dev/stdout", true)]
    [InlineData("/dev/fd/1", true)]
    [InlineData("/dev/shm", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("/nowhere/at/all", false)]
    public void Special_AreDevicesAndStreams_AndNoFilesOrFolders(string path, bool expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux's files");
        Assert.Equal(expected, FileKind.IsSpecial(path));
    }

    [Fact]
    public void Write_OnADeviceThatIsFull_FailsAndLeavesTheDevice()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full");
        File.CreateSymbolicLink(_folder["out.csv"], "/dev/full");
        Assert.Throws<IOException>(() => WholeFile.WriteText(_folder["out.csv"], new string('x', 100_000)));
        Assert.True(FileKind.IsSpecial("/dev/full"));
    }

    [Fact]
    public void Write_WithTheLongestNameThatAFolderTakes_Works()
    {
        string longest = new string('x', 251) + ".txt";
        WholeFile.WriteText(_folder[longest], "new");
        Assert.Equal("new", File.ReadAllText(_folder[longest]));
    }

    [Fact]
    public async Task Leftovers_OfAKilledProgram_GoWithTheNextFile_AndThoseOfARunningOneStay()
    {
        using Process ended = Process.Start("true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        using Process running = Process.Start("sleep", "600");
        try
        {
            string beside = "";
            WholeFile.WriteByPath(_folder["a.txt"], path =>
            {
                beside = Path.GetFileName(path);
                File.WriteAllText(path, "a");
            });
            string Name(int process) => beside.Replace($"-{Environment.ProcessId}-", $"-{process}-", StringComparison.Ordinal);
            string[] gone = [Name(ended.Id)], stays = [Name(running.Id), ".headcount-unfinished.jsonl", ".headcount-ffffff-1-1.txt"];
            Directory.CreateDirectory(_folder["next"]);
            foreach (string name in gone.Concat(stays))
                File.WriteAllText(_folder["next/" + name], "half");

            WholeFile.WriteText(_folder["next/b.txt"], "b");

            Assert.Equal(stays.Append("b.txt").Order(StringComparer.Ordinal),
                Directory.GetFiles(_folder["next"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        finally
        {
            running.Kill();
        }
    }
}
