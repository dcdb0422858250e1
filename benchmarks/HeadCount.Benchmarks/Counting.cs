using System.Diagnostics;
using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Inference;

namespace HeadCount.Benchmarks;

/// <summary>Files to heads: decoding, tiles, network, peaks.</summary>
internal static class Counting
{
    internal static int Run(string dataset, string list, string[] models)
    {
        if (!Directory.Exists(dataset))
        {
            Console.WriteLine($"{dataset}: not there, skipped");
            return 0;
        }
        string[] paths = [.. Dataset.Load(dataset, list).Images.Select(i => i.ImagePath)];
        foreach (string name in models.Length > 0 ? models : [HeadModel.DefaultName])
        {
            using HeadModel model = HeadModel.Load(name);
            foreach (CountQuality quality in model.TakesQuality ? Enum.GetValues<CountQuality>() : [CountQuality.Fast])
            {
                var counter = new HeadCounter(model, new CountOptions { Quality = quality });
                counter.Count(paths[0]);
                var clock = Stopwatch.StartNew();
                int heads = counter.CountMany(paths).Sum(outcome => outcome.Result?.Count ?? 0);
                double seconds = clock.Elapsed.TotalSeconds;
                using var process = Process.GetCurrentProcess();
                double speed = paths.Length / seconds;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{model.Card.Name}, {quality}: {paths.Length} pictures, {heads} heads, {speed:f1} a second, {process.PeakWorkingSet64 >> 20} MiB at most so far"));
            }
        }
        return 0;
    }
}
