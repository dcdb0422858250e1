using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using HeadCount.Imaging;
using HeadCount.Onnx;
using HeadCount.Tests;
using Xunit;

namespace HeadCount.Cli.Tests.Commands;

[Collection(CliRun.ConsoleCollection)]
public sealed class CountCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public CountCommandTests()
    {
        DotModel.Save(_folder["dots.onnx"]);
        Directory.CreateDirectory(_folder["in"]);
        Picture("in/2.png", 1);
        Picture("in/10.png", 5);
        Picture("in/1.jpg", 0);
    }

    public void Dispose() => _folder.Dispose();

    private void Picture(string name, int dots)
    {
        List<(int X, int Y)> places = DotModel.Scatter(120, 90, dots, dots);
        Assert.Equal(dots, places.Count);
        PictureWriter.Save(DotModel.Draw(120, 90, places), _folder[name]);
    }

    private Task<CliRun> CountAsync(params string[] args) =>
        CliRun.RunAsync(["count", .. args, "--model", _folder["dots.onnx"]]);

    // The file names of CSV output, in its order.
    private static IEnumerable<string> CsvNames(CliRun run) => run.Output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Skip(1)
        .Select(line => Path.GetFileName(line.Split(',')[0]));

    [Fact]
    public async Task Folder_IsCountedInNaturalOrder()
    {
        CliRun run = await CountAsync(_folder["in"]);
        Assert.Equal(
            $"heads  picture\n    0  {_folder["in/1.jpg"]}\n    1  {_folder["in/2.png"]}\n"
            + $"    5  {_folder["in/10.png"]}\n    6  in 3 pictures\n",
            run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Folder_SaysWhatItPassesOver_AndTakesEveryKindOfJpeg()
    {
        File.Copy(_folder["in/1.jpg"], _folder["in/1.jfif"]);
        foreach (string name in (string[])["in/a.HEIC", "in/b.heic", "in/c.mov", "in/.hidden/d.jpg", "in/@eaDir/e.jpg", "in/notes.txt"])
            _folder.Write(name, "x");
        CliRun run = await CountAsync(_folder["in"]);
        Assert.Contains("6  in 4 pictures", run.Output, StringComparison.Ordinal);
        Assert.Equal($"headcount: {_folder["in"]}: passed over, as they cannot be read here: 2 HEIC, 1 film", Assert.Single(run.ErrorLines));
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("in")]
    [InlineData("in/**/*.png")]
    public async Task Links_LeadToNoFileTwice(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        Directory.CreateDirectory(_folder["in/d"]);
        File.CreateSymbolicLink(_folder["in/d/up"], _folder["in"]);
        File.CreateSymbolicLink(_folder["in/self"], ".");
        File.CreateSymbolicLink(_folder["in/d/other.png"], _folder["in/2.png"]);
        CliRun run = await CountAsync(_folder[path]);
        Assert.Contains("6  in ", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Bom_BeginsTheTables()
    {
        CliRun run = await CountAsync(_folder["in"], "--bom", "--format", "csv", "-o", _folder["out"]);
        Assert.StartsWith("\uFEFFimage,", run.Output, StringComparison.Ordinal);
        foreach (string table in (string[])["counts.csv", "heads.csv"])
            Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(_folder[$"out/{table}"])[..3]);
    }

    [Fact]
    public async Task NameWithAt_IsAPicture()
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = _folder["in"];
        try
        {
            File.Copy("2.png", "@IMG_1.png");
            CliRun run = await CountAsync("@IMG_1.png");
            Assert.Equal("heads  picture\n    1  @IMG_1.png\n", run.Output);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdin")]
    public async Task StandardInput_IsAPictureToo(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name != "-", "no such device");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "HeadCount.Cli.dll"), "count", name,
            "--model", _folder["dots.onnx"]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(File.ReadAllBytes(_folder["in/10.png"]), TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"heads  picture\n    5  {name}\n", output);
    }

    [Fact]
    public async Task PipeThatNobodyWritesInto_IsRefusedAtOnce()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "no mkfifo here");
        using (Process made = Process.Start("/usr/bin/mkfifo", [_folder["in/pipe.png"]]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        CliRun run = await CountAsync(_folder["in/pipe.png"], _folder["in/2.png"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("a pipe or device", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("1  ", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 pipes and devices", (await CountAsync(_folder["in"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedPicture_IsCountedWithANote_AndRefusedWithStrict()
    {
        var noise = new RgbImage(120, 90);
        new Random(1).NextBytes(noise.Pixels);
        PictureWriter.Save(noise, _folder["d.jpg"]);
        byte[] bytes = File.ReadAllBytes(_folder["d.jpg"]);
        for (int i = 0; i < 40; i++)
            bytes[bytes.Length / 2 + i] = (byte)(i * 7 + 1);
        File.WriteAllBytes(_folder["d.jpg"], bytes);
        CliRun run = await CountAsync(_folder["d.jpg"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^headcount: note: .*d\.jpg: damaged( from row \d+ on)?, counted as it is$", Assert.Single(run.ErrorLines));
        run = await CountAsync(_folder["d.jpg"], "--strict");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("damaged, not counted for --strict", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--qualty", "--qualty is no option")]
    [InlineData("", "an argument is empty")]
    [InlineData("--threshold=0,3", "--threshold 0,3 is no number; write 0.3")]
    public async Task WrongArgument_IsRefusedBeforeAnythingIsDone(string argument, string expected)
    {
        CliRun run = await CountAsync(_folder["in"], argument, "-o", _folder["out"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Run_LeavesNothingAtHome()
    {
        // In a process of its own: ONNX Runtime would note the run there for its maker.
        string home = Directory.CreateDirectory(_folder["home"]).FullName;
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "HeadCount.Cli.dll"), "count", _folder["in"], "--model", _folder["dots.onnx"]])
        {
            RedirectStandardOutput = true,
            Environment = { ["HOME"] = home },
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("6  in 3 pictures", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home));
    }

    [Fact]
    public async Task WrongPath_LeavesEarlierResultsAlone()
    {
        await CountAsync(_folder["in"], "-o", _folder["out"]);
        string counts = File.ReadAllText(_folder["out/counts.csv"]);
        CliRun run = await CountAsync(_folder["nowhere"], "-o", _folder["out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(counts, File.ReadAllText(_folder["out/counts.csv"]));
    }

    [Fact]
    public async Task DrawingsOfAnEarlierCall_AreNotCounted()
    {
        await CountAsync(_folder["in"], "-o", _folder["in/results"], "--overlay", "--heatmap");
        CliRun run = await CountAsync(_folder["in"], "--format", "csv");
        Assert.Equal(["1.jpg", "2.png", "10.png"], CsvNames(run));
    }

    [Fact]
    public async Task Pattern_Folder_AndFile_AreCountedOnceEach()
    {
        Directory.CreateDirectory(_folder["in/deep"]);
        Picture("in/deep/3.png", 2);
        CliRun run = await CountAsync(_folder["in/10.png"], _folder["in/**/*.png"], _folder["in"], "--format", "csv");
        Assert.Equal(["10.png", "2.png", "3.png", "1.jpg"],
            CsvNames(run));
    }

    [Fact]
    public async Task Csv_HasALineAnImage()
    {
        CliRun run = await CountAsync(_folder["in"], "--format", "csv");
        Assert.Equal(
            $"image,width,height,count,density\n{_folder["in/1.jpg"]},120,90,0,0\n"
            + $"{_folder["in/2.png"]},120,90,1,1\n{_folder["in/10.png"]},120,90,5,5\n",
            run.Output);
    }

    [Fact]
    public async Task Json_HasEveryHead()
    {
        CliRun run = await CountAsync(_folder["in/2.png"], "--format", "json");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement image = json.RootElement.EnumerateArray().Single();
        Assert.Equal((_folder["in/2.png"], 120, 90, 1), (image.GetProperty("image").GetString(),
            image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(),
            image.GetProperty("count").GetInt32()));
        (int x, int y) = DotModel.Scatter(120, 90, 1, 1).Single();
        JsonElement head = image.GetProperty("heads").EnumerateArray().Single();
        Assert.Equal((x + .5, y + .5), (head.GetProperty("x").GetDouble(), head.GetProperty("y").GetDouble()));
        Assert.InRange(head.GetProperty("score").GetDouble(), .5, 1);
    }

    [Fact]
    public async Task GeoJson_IsOneCollectionOfPoints()
    {
        CliRun run = await CountAsync(_folder["in"], "--format", "geojson");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal("FeatureCollection", json.RootElement.GetProperty("type").GetString());
        JsonElement[] features = [.. json.RootElement.GetProperty("features").EnumerateArray()];
        Assert.Equal(6, features.Length);
        Assert.All(features, f => Assert.Equal("Point", f.GetProperty("geometry").GetProperty("type").GetString()));
        Assert.Equal(5, features.Count(f =>
            f.GetProperty("properties").GetProperty("image").GetString() == _folder["in/10.png"]));
        (int x, int y) = DotModel.Scatter(120, 90, 1, 1).Single();
        Assert.Equal([x + .5, y + .5],
            features[0].GetProperty("geometry").GetProperty("coordinates").EnumerateArray().Select(c => c.GetDouble()));
    }

    [Fact]
    public async Task Top_PrintsTheMostCrowdedFirst()
    {
        CliRun run = await CountAsync(_folder["in"], "--top", "2", "--format", "csv");
        Assert.Equal(["10.png", "2.png"],
            CsvNames(run));
    }

    [Theory]
    [InlineData("table", "counts.csv", "heads.csv")]
    [InlineData("json", "counts.csv", "counts.json", "heads.csv")]
    [InlineData("geojson", "counts.csv", "heads.csv", "heads.geojson")]
    public async Task Output_IsSaved(string format, params string[] files)
    {
        CliRun run = await CountAsync(_folder["in"], "-o", _folder["out"], "--format", format);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(files, Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(4, File.ReadAllLines(_folder["out/counts.csv"]).Length);
        string[] heads = File.ReadAllLines(_folder["out/heads.csv"]);
        Assert.Equal((8, "image,x,y,score"), (heads.Length, heads[0]));
        Assert.Equal($"{_folder["in/1.jpg"]},,,", heads[1]);
    }

    [Fact]
    public async Task InterruptedBatch_GoesOnWhereItStopped()
    {
        string output = _folder["out"];
        CliRun whole = await CountAsync(_folder["in"], "-o", output);
        string[] files = Directory.GetFiles(output);
        byte[][] expected = [.. files.Select(File.ReadAllBytes)];

        // What a batch that was killed while it wrote its second result leaves behind.
        string journal = await LeaveAnUnfinishedBatchAsync();
        CliRun rest = await CountAsync(_folder["in"], "-o", output);
        Assert.Contains("going on where the last call stopped, 2 of 3 pictures left", rest.Error);
        Assert.Equal(whole.Output, rest.Output);
        Assert.Equal(expected, files.Select(File.ReadAllBytes));
        Assert.False(File.Exists(journal));

        // With other settings, or another picture behind the name, nothing is taken over.
        await LeaveAnUnfinishedBatchAsync();
        Assert.DoesNotContain("going on", (await CountAsync(_folder["in"], "-o", output, "--threshold", "0.4")).Error);
        await LeaveAnUnfinishedBatchAsync();
        Picture("in/1.jpg", 3);
        CliRun changed = await CountAsync(_folder["in"], "-o", output);
        Assert.DoesNotContain("going on", changed.Error);
        Assert.Contains("9  in 3 pictures", changed.Output);

        async Task<string> LeaveAnUnfinishedBatchAsync()
        {
            Directory.Delete(output, recursive: true);
            using var model = Inference.HeadModel.Load(_folder["dots.onnx"]);
            var options = new Inference.CountOptions();
            string first = _folder["in/1.jpg"];
            Directory.CreateDirectory(output);
            using (var unfinished = new Cli.Commands.CountJournal(output, model.Path, null, options, []))
                unfinished.Add(first, Cli.Commands.CountJournal.Stamp(first), new Inference.HeadCounter(model, options).Count(first));
            string path = Directory.GetFiles(output).Single();
            await File.AppendAllTextAsync(path, """{"Path":"/cut""");
            return path;
        }
    }

    private static string[] FilesBelow(string folder) => [.. Directory
        .GetFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Drawings_MirrorTheFoldersOfTheirPictures()
    {
        Directory.CreateDirectory(_folder["in/deep"]);
        Picture("in/deep/2.png", 2);
        Picture("in/2.jpg", 3);
        string output = _folder["in/out"];
        CliRun run = await CountAsync(_folder["in"], "-o", output, "--overlay", "--heatmap");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] names = ["1.jpg", "10.jpg", "2.jpg", "2.png.jpg", "deep/2.jpg"];
        Assert.Equal(names, FilesBelow(output + "/overlays"));
        Assert.Equal(names, FilesBelow(output + "/heatmaps"));
        Assert.All(names, name => Assert.Equal((120, 90), Size($"{output}/overlays/{name}")));
        Assert.All(names, name => Assert.Equal((120, 90), Size($"{output}/heatmaps/{name}")));
        // Rings of five dots: more yellow than those of one; no dot, none.
        int[] yellow = [.. new[] { "1.jpg", "2.png.jpg", "10.jpg" }.Select(name => Yellow($"{output}/overlays/{name}"))];
        Assert.Equal(0, yellow[0]);
        Assert.True(yellow[1] > 5 && yellow[2] > 2 * yellow[1], string.Join(' ', yellow));

        // The drawings lie below the input folder and are not taken for pictures to count.
        CliRun again = await CountAsync(_folder["in"], "-o", output);
        Assert.Equal(run.Output, again.Output);

        static (int, int) Size(string path)
        {
            RgbImage image = Imaging.Picture.Load(path);
            return (image.Width, image.Height);
        }

        static int Yellow(string path) => Imaging.Picture.Load(path).Pixels.Chunk(3)
            .Count(pixel => pixel[0] > 150 && pixel[1] > 120 && pixel[2] < 90);
    }

    [Fact]
    public async Task DrawingsWithoutAFolder_AreAWrongCall()
    {
        foreach (string option in (string[])["--overlay", "--heatmap"])
        {
            CliRun run = await CountAsync(_folder["in"], option);
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Equal("headcount: --overlay and --heatmap write files; say where with -o DIR",
                Assert.Single(run.ErrorLines));
        }
    }

    [Fact]
    public async Task DrawingThatCannotBeWritten_IsListed_AndTheCountsKept()
    {
        Directory.CreateDirectory(_folder["out"]);
        File.WriteAllText(_folder["out/overlays"], "in the way");
        CliRun run = await CountAsync(_folder["in"], "-o", _folder["out"], "--overlay");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("6  in 3 pictures", run.Output);
        Assert.Equal(4, run.ErrorLines.Length);
        Assert.StartsWith($"headcount: {_folder["out/overlays/1.jpg"]}: cannot be written", run.ErrorLines[1]);
    }

    [Fact]
    public async Task ResumedBatch_DrawsWhatIsMissingOnly()
    {
        (string first, string second, string output) = (_folder["in/1.jpg"], _folder["in/2.png"], _folder["out"]);
        Directory.CreateDirectory(_folder["out/overlays"]);
        using (var model = Inference.HeadModel.Load(_folder["dots.onnx"]))
        {
            var options = new Inference.CountOptions();
            using var unfinished = new Cli.Commands.CountJournal(output, model.Path, null, options, [DrawingKind.Overlay]);
            var counter = new Inference.HeadCounter(model, options);
            unfinished.Add(first, Cli.Commands.CountJournal.Stamp(first), counter.Count(first));
            unfinished.Add(second, Cli.Commands.CountJournal.Stamp(second), counter.Count(second));
        }
        // The drawing of 1.jpg is there, that of 2.png is gone.
        _folder.Write("out/overlays/1.jpg", "drawn before");
        CliRun run = await CountAsync(_folder["in"], "-o", output, "--overlay");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2 of 3 pictures left", run.Error);
        Assert.Equal("drawn before", File.ReadAllText(_folder["out/overlays/1.jpg"]));
        Assert.Equal(["1.jpg", "10.jpg", "2.jpg"], FilesBelow(_folder["out/overlays"]));

        // A batch from its beginning draws everything anew.
        await CountAsync(_folder["in"], "-o", output, "--overlay");
        Assert.Equal(120, Imaging.Picture.Load(_folder["out/overlays/1.jpg"]).Width);
    }

    [Fact]
    public async Task BadFiles_AreListed_AndTheOthersDone()
    {
        File.WriteAllBytes(_folder["in/3.jpg"], []);
        File.WriteAllText(_folder["in/4.jpg"], "no picture");
        File.WriteAllBytes(_folder["in/5.png"], PngClaiming(100_000, 100_000));
        var noise = new RgbImage(100, 100);
        new Random(1).NextBytes(noise.Pixels);
        PictureWriter.Save(noise, _folder["in/6.jpg"]);
        File.WriteAllBytes(_folder["in/6.jpg"], File.ReadAllBytes(_folder["in/6.jpg"])[..4000]);

        CliRun run = await CountAsync(_folder["in"], _folder["nosuch.jpg"], "--format", "csv");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["1.jpg", "2.png", "10.png"],
            CsvNames(run));
        Assert.Equal("headcount: 5 inputs failed, the others are done:", run.ErrorLines[0]);
        Assert.Equal($"headcount: {_folder["nosuch.jpg"]}: no such file or folder; check the path", run.ErrorLines[1]);
        Assert.StartsWith($"headcount: {_folder["in/3.jpg"]}: the file is empty", run.ErrorLines[2]);
        Assert.StartsWith($"headcount: {_folder["in/4.jpg"]}: not a picture", run.ErrorLines[3]);
        Assert.StartsWith($"headcount: {_folder["in/5.png"]}: 100000×100000 pixels, beyond the limit", run.ErrorLines[4]);
        Assert.StartsWith($"headcount: {_folder["in/6.jpg"]}: damaged or cut off", run.ErrorLines[5]);
        Assert.Equal(6, run.ErrorLines.Length);
    }

    [Fact]
    public async Task FolderWithoutPictures_IsNamed()
    {
        Directory.CreateDirectory(_folder["empty"]);
        File.WriteAllText(_folder["empty/notes.txt"], "");
        CliRun run = await CountAsync(_folder["empty"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"headcount: {_folder["empty"]}: no pictures in this folder", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task PatternWithoutMatch_IsNamed()
    {
        CliRun run = await CountAsync(_folder["in/*.webp"]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"headcount: {_folder["in/*.webp"]}: the pattern matches no pictures", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task OutputThatIsNotWritable_IsNamedBeforeAnythingIsDone()
    {
        File.WriteAllText(_folder["file"], "");
        CliRun run = await CountAsync(_folder["in"], "-o", _folder["file"]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"headcount: -o {_folder["file"]}: cannot be written", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task ModelThatIsNone_IsNamed()
    {
        new OnnxGraph("empty").Save(_folder["bare.onnx"]);
        DotModel.Build().Save(_folder["cardless.onnx"]);
        foreach ((string model, string message) in ((string, string)[])
        [
            ("nosuch", "no model 'nosuch': "),
            (_folder["bare.onnx"], $"{_folder["bare.onnx"]}: not "),
            (_folder["cardless.onnx"],
                $"{_folder["cardless.onnx"]}: not a HeadCount model (no metadata entry 'headcount.name')"),
        ])
        {
            CliRun run = await CliRun.RunAsync("count", _folder["in"], "--model", model);
            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.StartsWith($"headcount: {message}", Assert.Single(run.ErrorLines));
        }
    }

    [Theory]
    [InlineData("--threshold", "1.5")]
    [InlineData("--tile", "8")]
    [InlineData("--tile", "many")]
    [InlineData("--top", "0")]
    [InlineData("--threads", "-1")]
    [InlineData("--max-pixels", "0")]
    [InlineData("--format", "xml")]
    public async Task SenselessOption_IsAWrongCall(string option, string value)
    {
        CliRun run = await CountAsync(_folder["in"], option, value);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(option, run.ErrorLines[0]);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public async Task OverlapOfAWholeTile_IsAWrongCall()
    {
        CliRun run = await CountAsync(_folder["in"], "--tile", "128", "--overlap", "128");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("headcount: --overlap 128 must be less than --tile 128", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task MaxPixels_MovesTheLimit()
    {
        Assert.Equal(1, (await CountAsync(_folder["in/2.png"], "--max-pixels", "10799")).ExitCode);
        Assert.Equal(0, (await CountAsync(_folder["in/2.png"], "--max-pixels", "10800")).ExitCode);
    }

    private static byte[] PngClaiming(uint width, uint height)
    {
        // Signature, header chunk with its checksum, the beginning of a data chunk.
        byte[] png = Convert.FromHexString("89504E470D0A1A0A0000000D49484452" + new string('0', 16)
            + "0800000000" + "00000000" + "000000004944415435AF061E");
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), height);
        uint crc = ~0u;
        foreach (byte b in png.AsSpan(12, 17))
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ~crc);
        return png;
    }
}
