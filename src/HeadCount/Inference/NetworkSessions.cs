using Microsoft.ML.OnnxRuntime;

namespace HeadCount.Inference;

/// <summary>A network, loaded for runs one by one and for several at the same time. Small networks win little by a
/// second thread on the same tile, and nearly all of it by one on the next tile.</summary>
internal sealed class NetworkSessions : IDisposable
{
    // Each needs memory for the maps of a tile.
    private const int MostAtOnce = 4;

    private readonly Lazy<InferenceSession> _alone;

    static NetworkSessions() => OnnxTelemetry.Disable();

    /// <summary>Loads a network.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="threads">Threads for all runs together; 0: one for each core.</param>
    /// <exception cref="ModelException">It cannot be loaded.</exception>
    internal NetworkSessions(string path, int threads)
    {
        // Not ONNX Runtime's own default, which counts cores that a container does not have or misses some it has.
        if (threads == 0)
            threads = Environment.ProcessorCount;
        AtOnce = Math.Min(threads, MostAtOnce);
        // The callers' threads work too.
        int shared = threads - AtOnce + 1;
        Together = Load(path, shared);
        _alone = new(() => shared == threads ? Together : Load(path, threads));
    }

    /// <summary>Runs at the same time that <see cref="Together"/> is for.</summary>
    internal int AtOnce { get; }

    /// <summary>For <see cref="AtOnce"/> runs, which share the threads.</summary>
    internal InferenceSession Together { get; }

    /// <summary>For one run, which has all threads. Loaded when it is first asked for.</summary>
    /// <exception cref="ModelException">It cannot be loaded (any more).</exception>
    internal InferenceSession Alone => _alone.Value;

    /// <summary>Unloads the network.</summary>
    public void Dispose()
    {
        if (_alone.IsValueCreated)
            _alone.Value.Dispose();
        Together.Dispose();
    }

    private static InferenceSession Load(string path, int threads)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            // Patterns are kept for every input size, and pictures come in all sizes.
            EnableMemoryPattern = false,
        };
        // Waiting threads leave the cores to the decoding of the next picture.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        // Processors without integer dot products (VNNI) add pairs of 8-bit products in 16 bits, which overflows silently: there the
        // weights become unsigned, and the sums exact.
        options.AddSessionConfigEntry("session.x64quantprecision", "1");
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException(
                $"{path}: not an ONNX model that can be loaded ({e.Message.Split('\n')[0].Trim()}); copy or export it again", e);
        }
    }
}
