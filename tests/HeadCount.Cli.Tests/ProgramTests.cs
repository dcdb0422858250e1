using System.Diagnostics;
using System.Net.Http;
using HeadCount.Imaging;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests;

/// <summary>The program as the shell starts it: its streams, signals and disks.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "HeadCount.Cli");

    private readonly TempFolder _folder = new();

    public ProgramTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and devices as Unix has them");
        DotModel.Save(_folder["dots.onnx"]);
        Directory.CreateDirectory(_folder["in"]);
        PictureWriter.Save(DotModel.Draw(120, 90, DotModel.Scatter(120, 90, 5, 5)), _folder["in/five.png"]);
    }

    public void Dispose() => _folder.Dispose();

    private string Count => $"'{s_program}' count --model '{_folder["dots.onnx"]}' --threads 1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<(int ExitCode, string Output, string Error)> ShellAsync(string line)
    {
        using Process shell = Start(line);
        Task<string> error = shell.StandardError.ReadToEndAsync(Cancellation);
        string output = await shell.StandardOutput.ReadToEndAsync(Cancellation);
        await shell.WaitForExitAsync(Cancellation);
        return (shell.ExitCode, output, await error);
    }

    // The shell makes way for what it starts, so that its number is the program's.
    private static Process Start(string line) => Process.Start(new ProcessStartInfo("sh", ["-c", "exec " + line])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    // A program started under nohup does not hear of a hang-up, one in the background of a shell no interrupt, nor do those that they start.
    private static void SkipIfIgnored(string signal)
    {
        const string Ignored = "SigIgn:";
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals");
        string mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..].Trim();
        int number = signal switch { "HUP" => 1, "INT" => 2, _ => 15 };
        Assert.SkipWhen((Convert.ToInt64(mask, 16) >> (number - 1) & 1) == 1, $"started where SIG{signal} is ignored");
    }

    private static void Signal(Process process, string signal) =>
        Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task StandardErrorThatCannotBeWritten_LosesNothing(string redirection)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full");
        (int exitCode, string output, string error) = await ShellAsync(
            $"{Count} '{_folder["in"]}' '{_folder["none.jpg"]}' -o '{_folder["out"]}' {redirection}");
        Assert.Equal((1, $"heads  picture\n    5  {_folder["in/five.png"]}\n", ""), (exitCode, output, error));
        Assert.True(File.Exists(_folder["out/counts.csv"]));
    }

    [Fact]
    public async Task StandardOutputThatCannotBeWritten_IsSaid_AndTheFilesAreThere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full");
        (int exitCode, _, string error) = await ShellAsync($"{Count} '{_folder["in"]}' -o '{_folder["out"]}' >/dev/full");
        Assert.Equal(1, exitCode);
        Assert.Contains("No space left", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("five.png", File.ReadAllText(_folder["out/counts.csv"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task SignalToEnd_KeepsWhatIsDone_AndTheSameCallGoesOn(string signal)
    {
        SkipIfIgnored(signal);
        const int Pictures = 1200;
        byte[] picture = File.ReadAllBytes(_folder["in/five.png"]);
        for (int i = 0; i < Pictures; i++)
            _folder.Write($"many/{i}.png", picture);
        string call = $"{Count} '{_folder["many"]}' -o '{_folder["out"]}'", journal = _folder["out/.headcount-unfinished.jsonl"];
        using (Process count = Start(call))
        {
            while (!count.HasExited && !(File.Exists(journal) && new FileInfo(journal).Length > 2000))
                await Task.Delay(10, Cancellation);
            Signal(count, signal);
            Task<string> error = count.StandardError.ReadToEndAsync(Cancellation);
            await count.StandardOutput.ReadToEndAsync(Cancellation);
            await count.WaitForExitAsync(Cancellation);
            Assert.Equal(130, count.ExitCode);
            Assert.Contains("interrupted", await error, StringComparison.Ordinal);
        }
        int done = File.ReadAllLines(_folder["out/counts.csv"]).Length - 1;
        Assert.InRange(done, 1, Pictures - 1);
        (int exitCode, _, string again) = await ShellAsync(call);
        Assert.Equal(0, exitCode);
        Assert.Contains($"{Pictures - done} of {Pictures} pictures left", again, StringComparison.Ordinal);
        Assert.Equal(Pictures + 1, File.ReadAllLines(_folder["out/counts.csv"]).Length);
        Assert.False(File.Exists(journal));
    }

    [Fact]
    public async Task KilledAgainAndAgain_TheSameCallEndsWithTheSameFiles_AndLeavesNothingBeside()
    {
        const int Pictures = 120;
        for (int i = 0; i < Pictures; i++)
            PictureWriter.Save(DotModel.Draw(120, 90, DotModel.Scatter(120, 90, i % 7, i)), _folder[$"many-{i}.png"]);
        string Call(string output) => $"{Count} '{_folder.Root}/many-*.png' -o '{_folder[output]}' --overlay --heatmap --format geojson";
        Assert.Equal(0, (await ShellAsync(Call("whole"))).ExitCode);
        foreach (int drawn in (int[])[1, 15, 16, 40, 70, 95])
        {
            using Process count = Start(Call("broken"));
            while (!count.HasExited && !(Directory.Exists(_folder["broken/heatmaps"]) && Directory.GetFiles(_folder["broken/heatmaps"]).Length >= drawn))
                await Task.Delay(1, Cancellation);
            count.Kill();
            await count.WaitForExitAsync(Cancellation);
            Assert.Equal(137, count.ExitCode);
        }
        (int exitCode, _, string error) = await ShellAsync(Call("broken"));
        Assert.Equal(0, exitCode);
        Assert.Contains("going on where the last call stopped", error, StringComparison.Ordinal);
        string[] files = [.. Files("whole")];
        Assert.Equal(2 * Pictures + 3, files.Length);
        Assert.Equal(files, Files("broken"));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder["whole/" + file]), File.ReadAllBytes(_folder["broken/" + file])));

        IEnumerable<string> Files(string folder) => Directory.GetFiles(_folder[folder], "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder[folder], file)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task FullDisk_EndsInOneLineThatNamesTheFile()
    {
        Directory.CreateDirectory(_folder["small"]);
        Assert.SkipUnless(Environment.IsPrivilegedProcess
            && (await ShellAsync($"mount -t tmpfs -o size=100k tmpfs '{_folder["small"]}'")).ExitCode == 0, "no right to mount a small disk");
        try
        {
            (int exitCode, _, string error) = await ShellAsync($"'{s_program}' synth '{_folder["small/set"]}' --count 60 --width 320 --height 240");
            Assert.Equal(1, exitCode);
            Assert.Contains(_folder["small/set/images"], 
                Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith("Rendering: ", StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(_folder["small/set/images"], ".*"));
        }
        finally
        {
            await ShellAsync($"umount --lazy '{_folder["small"]}'");
        }
    }

    [Fact]
    public async Task Convert_IntoAPipe_IsWhatItWritesIntoAFile()
    {
        File.WriteAllText(_folder["a.csv"], "image,x,y\na.jpg,1,2\n");
        (int exitCode, string piped, _) = await ShellAsync($"'{s_program}' convert '{_folder["a.csv"]}' /dev/stdout --to csv");
        Assert.Equal(0, exitCode);
        Assert.Equal(0, (await ShellAsync($"'{s_program}' convert '{_folder["a.csv"]}' '{_folder["b.csv"]}'")).ExitCode);
        Assert.Equal(File.ReadAllText(_folder["b.csv"]), piped);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    public async Task Serve_EndsWithTheSignalThatItsCommandGets(string signal)
    {
        SkipIfIgnored(signal);
        string configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        string studio = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "HeadCount.Studio", configuration, "HeadCount.Studio"));
        Assert.SkipUnless(File.Exists(studio), "the studio is not built");
        using Process serve = Start($"'{s_program}' serve --data '{_folder["studio"]}' --url http://127.0.0.1:0 --model '{_folder["dots.onnx"]}' --threads 1");
        string? line;
        do
            line = await serve.StandardError.ReadLineAsync(Cancellation);
        while (line is not null && !line.Contains("open at ", StringComparison.Ordinal));
        Assert.NotNull(line);
        string url = line.Split("open at ")[1].Split(' ')[0];
        using var http = new HttpClient();
        Assert.Equal("Healthy", await http.GetStringAsync($"{url}/health/live", Cancellation));
        Signal(serve, signal);
        await serve.WaitForExitAsync(Cancellation);
        Assert.Equal(0, serve.ExitCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync($"{url}/health/live", Cancellation));
    }
}
