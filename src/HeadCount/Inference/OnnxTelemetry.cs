using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace HeadCount.Inference;

/// <summary>Keeps ONNX Runtime from noting every run, with the program's path and the machine's traits, for its maker.</summary>
internal static partial class OnnxTelemetry
{
    private const string Switch = "ORT_DISABLE_TELEMETRY";

    /// <summary>To be called before anything else of ONNX Runtime.</summary>
    internal static void Disable()
    {
        Environment.SetEnvironmentVariable(Switch, "1");
        if (OperatingSystem.IsWindows())
            OrtEnv.Instance().DisableTelemetryEvents();
        else
            // The C library's own environment, which ONNX Runtime asks, does not hear of the line above.
            _ = SetEnvironment(Switch, "1", 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
