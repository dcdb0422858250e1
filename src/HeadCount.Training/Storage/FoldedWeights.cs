using HeadCount.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Storage;

/// <summary>The convolutions of a model file that this program exported: weight and bias of each, its normalisation folded in.</summary>
internal static class FoldedWeights
{
    /// <summary>Whether a file is an ONNX model, by its name.</summary>
    internal static bool Recognises(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <returns>Weights [out, k, k, in] and biases by name.</returns>
    /// <exception cref="InvalidDataException">The file is no model of this program's in floats; the message names it.</exception>
    internal static Dictionary<string, Tensor> Load(string path)
    {
        OnnxWeights file = OnnxWeights.Read(path);
        var state = new Dictionary<string, Tensor>();
        foreach ((string name, (long[] shape, float[] values)) in file.Tensors)
        {
            if (name.EndsWith(".weight", StringComparison.Ordinal) && shape.Length == 4)
                state[name] = tensor(values, shape).permute(0, 2, 3, 1).contiguous();
            else if (name.EndsWith(".bias", StringComparison.Ordinal))
                state[name] = tensor(values, shape);
        }
        return state.ContainsKey("stem.weight") ? state
            : throw new InvalidDataException($"{path}: no head network in 32-bit floats; start from the model of that name without -int8");
    }
}
