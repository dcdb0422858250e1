using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Imaging;
using HeadCount.Synthesis;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount synth</c>: renders crowds with exact head points as an annotated dataset.</summary>
internal static partial class SynthCommand
{
    private const string Annotations = "annotations.csv";

    internal static Command Create()
    {
        var defaults = new SceneOptions { Width = 1024, Height = 768 };
        var output = new Argument<string>("OUT") { Description = "Folder for images/ and annotations.csv" };
        var count = CountingOptions.Range(new Option<int>("--count")
        {
            HelpName = "N", Description = "Scenes to render", DefaultValueFactory = _ => 10,
        }, 1, 1_000_000);
        var seed = new Option<long>("--seed")
        {
            HelpName = "S", Description = "The same seed gives the same scenes", DefaultValueFactory = _ => 1,
        };
        var width = CountingOptions.Range(new Option<int>("--width")
        {
            HelpName = "PIXELS", Description = "Width of a scene", DefaultValueFactory = _ => defaults.Width,
        }, 32, 8192);
        var height = CountingOptions.Range(new Option<int>("--height")
        {
            HelpName = "PIXELS", Description = "Height of a scene", DefaultValueFactory = _ => defaults.Height,
        }, 32, 8192);
        var fewest = CountingOptions.Range(new Option<int>("--min-people")
        {
            HelpName = "N", Description = "Fewest people in a scene; with 0 some scenes are empty", DefaultValueFactory = _ => 0,
        }, 0, 10_000);
        var most = CountingOptions.Range(new Option<int>("--max-people")
        {
            HelpName = "N", Description = "Most people in a scene", DefaultValueFactory = _ => defaults.MaxPeople,
        }, 0, 10_000);
        var threads = CountingOptions.Range(new Option<int>("--threads")
        {
            HelpName = "N", Description = "Scenes rendered at a time; 0: one for each core", DefaultValueFactory = _ => 0,
        }, 0, 1024);
        var command = new Command("synth", "Render crowd scenes with exact head points")
        {
            output, count, seed, width, height, fewest, most, threads,
        };
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(fewest) > parsed.GetValue(most))
                throw new UsageException($"--min-people {parsed.GetValue(fewest)} is more than --max-people {parsed.GetValue(most)}");
            var options = new SceneOptions
            {
                Width = parsed.GetValue(width),
                Height = parsed.GetValue(height),
                MinPeople = parsed.GetValue(fewest),
                MaxPeople = parsed.GetValue(most),
                Seed = parsed.GetValue(seed),
            };
            return Task.Run(() => Run(parsed.GetRequiredValue(output), parsed.GetValue(count), options,
                parsed.GetValue(threads), cancellation), CancellationToken.None);
        });
        return command;
    }

    private static int Run(string folder, int count, SceneOptions options, int threads, CancellationToken cancellation)
    {
        string table = Path.Combine(folder, Annotations);
        if (File.Exists(table))
            throw new UsageException($"{folder}: already holds {Annotations}; choose another folder");
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        int heads = 0;
        using (var journal = new Journal<RenderedScene>(folder, options.ToString(), SceneLines.Default.RenderedScene))
        {
            int[] open = [.. Enumerable.Range(1, count).Except(journal.Entries.Select(scene => scene.Number))];
            if (open.Length < count)
                Console.Error.WriteLine($"headcount: going on where the last call stopped, {open.Length} of {count} scenes left");
            using (var progress = new WorkProgress("Rendering", "scenes", open.Length))
            {
                int done = 0;
                var parallel = new ParallelOptions
                {
                    MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads,
                    CancellationToken = cancellation,
                };
                Parallel.ForEach(open, parallel, number =>
                {
                    // Neighbouring seeds give unrelated scenes; a million apart, calls with neighbouring seeds share none.
                    Scene scene = SceneRenderer.Render(options with { Seed = unchecked(options.Seed * 1_000_000 + number) });
                    PictureWriter.Save(scene.Picture, Path.Combine(folder, Name(number)), scene.JpegQuality);
                    journal.Add(new RenderedScene(number, [.. scene.Heads.Select(h => new[] { h.X, h.Y })]));
                    progress.Report(Interlocked.Increment(ref done));
                });
            }
            PictureHeads[] scenes = [.. journal.Entries.Where(scene => scene.Number <= count).OrderBy(scene => scene.Number)
                .Select(scene => new PictureHeads(Name(scene.Number), [.. scene.Heads.Select(h => new HeadPoint(h[0], h[1]))]))];
            HeadCsvFile.Write(table, scenes);
            heads = scenes.Sum(scene => scene.Heads.Count);
            journal.Remove();
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} scenes with {heads} heads in {folder}"));
        return ExitCode.Done;
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"images/scene_{number:d5}.jpg");

    internal sealed record RenderedScene(int Number, double[][] Heads);

    [JsonSerializable(typeof(RenderedScene))]
    internal sealed partial class SceneLines : JsonSerializerContext;
}
