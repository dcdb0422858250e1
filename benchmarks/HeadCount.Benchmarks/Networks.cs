using System.Diagnostics;
using System.Globalization;
using HeadCount.Inference;
using Microsoft.ML.OnnxRuntime;

namespace HeadCount.Benchmarks;

/// <summary>Networks alone on the same tile, one tile after the other with all threads and as many side by side with a thread
/// each, which is how pictures are counted; medians of rounds in turn, and how many times faster than CSRNet.</summary>
internal static class Networks
{
    private const int Rounds = 15, Side = 512;

    internal static int Run(string[] models)
    {
        models = models.Length > 0 ? models : [.. HeadModel.Available()];
        int threads = Environment.ProcessorCount;
        var pixels = new byte[3 * Side * Side];
        new Random(1).NextBytes(pixels);

        // First: loading a model keeps ONNX Runtime from telling its maker of the run.
        HeadModel[] wide = [.. models.Select(name => HeadModel.Load(name, threads))];
        HeadModel[] narrow = [.. models.Select(name => HeadModel.Load(name, 1))];
        byte[] csrNet = CsrNet.Build();
        using InferenceSession alone = Load(csrNet, threads), single = Load(csrNet, 1);
        using var input = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(pixels, p => p / 255f), [1, 3, Side, Side]);
        using var run = new RunOptions();
        var networks = new List<(string Name, Action Alone, Action Single)>
        {
            ("CSRNet (VGG16)", () => Tile(alone), () => Tile(single)),
        };
        networks.AddRange(wide.Zip(narrow, (all, one) => (all.Card.Name, (Action)(() => Run(all)), (Action)(() => Run(one)))));

        var times = networks.Select(_ => (Alone: new List<double>(), Beside: new List<double>())).ToArray();
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < networks.Count; i++)
            {
                (string _, Action one, Action beside) = networks[i];
                double once = Time(one), each = Time(() => Parallel(threads, beside)) / threads;
                if (round > 0)
                {
                    times[i].Alone.Add(once);
                    times[i].Beside.Add(each);
                }
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"tiles of {Side}×{Side}, {threads} threads, medians of {Rounds} rounds: ms a tile, and × CSRNet's speed"));
        Console.WriteLine($"{"",-16}{"one by one",16}{"side by side",20}");
        (double yardstick, double yardstickBeside) = (Median(times[0].Alone), Median(times[0].Beside));
        for (int i = 0; i < networks.Count; i++)
        {
            (double one, double beside) = (Median(times[i].Alone), Median(times[i].Beside));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{networks[i].Name,-16}{one,8:f1}{yardstick / one,8:f1}{beside,12:f1}{yardstickBeside / beside,8:f1}"));
        }
        Array.ForEach([.. wide, .. narrow], model => model.Dispose());
        return 0;

        void Tile(InferenceSession session) => session.Run(run, ["image"], [input], session.OutputNames).Dispose();
        void Run(HeadModel model) => model.Run(pixels, 1, Side, Side).Dispose();
    }

    private static InferenceSession Load(byte[] network, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        // As for HeadCount's: threads that wait busily would take a core from the network that is next.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return new InferenceSession(network, options);
    }

    private static void Parallel(int threads, Action action)
    {
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => action()))];
        Array.ForEach(others, other => other.Start());
        action();
        Array.ForEach(others, other => other.Join());
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
