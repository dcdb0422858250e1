using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Storage;

/// <summary>Weights by name, from a safetensors file, from one that PyTorch saved, or from a model file of this program.</summary>
internal static class WeightsFile
{
    /// <summary>Reads a file and hands its tensors over; they are disposed afterwards.</summary>
    /// <param name="path">The file; its first bytes tell the format.</param>
    /// <param name="load">Takes the tensors.</param>
    /// <param name="wanted">Which tensors to read, or null for all.</param>
    /// <exception cref="InvalidDataException">The file cannot be read or does not fit; the message names it.</exception>
    internal static void Load(string path, Action<IReadOnlyDictionary<string, Tensor>> load, Predicate<string>? wanted = null)
    {
        using var scope = NewDisposeScope();
        try
        {
            Dictionary<string, Tensor> state = FoldedWeights.Recognises(path) ? FoldedWeights.Load(path)
                : TorchFile.Recognises(path) ? TorchFile.Load(path, wanted)
                : Safetensors.Load(path, wanted);
            load(PyTorchNames.Recognises(state.Keys) ? PyTorchNames.Translate(state) : state);
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
