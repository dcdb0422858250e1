using System.Diagnostics;
using System.Globalization;
using HeadCount.Inference;
using Microsoft.ML.OnnxRuntime;

namespace HeadCount.Benchmarks;

/// <summary>Networks alone, in turn, on the same tile; medians, and how many times faster than CSRNet.</summary>
internal static class Networks
{
    private const int Rounds = 15, Side = 512;

    internal static int Run(string[] models)
    {
        models = models.Length > 0 ? models : [.. HeadModel.Available()];
        int threads = Environment.ProcessorCount;
        var pixels = new byte[3 * Side * Side];
        new Random(1).NextBytes(pixels);

        using var options = new SessionOptions { IntraOpNumThreads = threads };
        // As for HeadCount's: threads that wait busily would take a core from the network that is next.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var csrNet = new InferenceSession(CsrNet.Build(), options);
        using var input = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(pixels, p => p / 255f), [1, 3, Side, Side]);
        using var run = new RunOptions();
        var runs = new List<(string Name, Action Once)>
        {
            ("CSRNet (VGG16)", () => csrNet.Run(run, ["image"], [input], csrNet.OutputNames).Dispose()),
        };
        HeadModel[] loaded = [.. models.Select(name => HeadModel.Load(name, threads))];
        runs.AddRange(loaded.Select(model => (model.Card.Name, (Action)(() => model.Run(pixels, 1, Side, Side).Dispose()))));

        var times = runs.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < runs.Count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                runs[i].Once();
                if (round > 0)
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        double yardstick = Median(times[0]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"one tile of {Side}×{Side}, {threads} threads, median of {Rounds} rounds"));
        for (int i = 0; i < runs.Count; i++)
        {
            double median = Median(times[i]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{runs[i].Name,-16} {median,8:f1} ms  {yardstick / median,6:f1} × CSRNet's speed"));
        }
        Array.ForEach(loaded, model => model.Dispose());
        return 0;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
