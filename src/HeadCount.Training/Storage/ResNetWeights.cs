using HeadCount.Onnx;
using HeadCount.Training.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Storage;

/// <summary>
/// A ResNet-18 trained on ImageNet, as the NuGet package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 (MIT) has it in
/// <c>ResNet18.onnx</c>: exported by CNTK, pixels in the order blue, green, red, less the mean image, not scaled.
/// </summary>
internal static class ResNetWeights
{
    /// <summary>Mean of the package's mean image: blue, green, red.</summary>
    private static readonly float[] MeanImage = [103.06f, 115.90f, 123.15f];

    /// <summary>Residual blocks of each stage of the file; it has one more at the end than a network of two a stage.</summary>
    private static readonly int[] Blocks = [2, 2, 2, 3];

    /// <summary>Reads the backbone's weights under this program's names, for pixels as <see cref="HeadNetwork"/> takes them.</summary>
    /// <exception cref="InvalidDataException">The file is not that network; the message names it.</exception>
    internal static Dictionary<string, Tensor> Load(string path)
    {
        OnnxWeights file = OnnxWeights.Read(path);
        OnnxNode[] convolutions = [.. file.Nodes.Where(n => n.Operation == "Conv")];
        Dictionary<string, OnnxNode> norms = file.Nodes.Where(n => n.Operation == "BatchNormalization").ToDictionary(n => n.Inputs[0]);
        string[] names = [.. Names()];
        if (convolutions.Length != names.Length || !convolutions.All(c => file.Tensors.ContainsKey(c.Inputs[1])
            && norms.TryGetValue(c.Outputs[0], out OnnxNode? norm) && norm.Inputs.Skip(1).All(file.Tensors.ContainsKey)))
        {
            throw new InvalidDataException($"{path}: not the ResNet-18 of Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 "
                + "(ResNet18.onnx); take the file out of that package");
        }
        var state = new Dictionary<string, Tensor>();
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].StartsWith("stage3.2.", StringComparison.Ordinal))
                continue;
            state[names[i] + ".weight"] = Read(convolutions[i].Inputs[1]).permute(0, 2, 3, 1).contiguous();
            foreach ((string part, string input) in ((string[])[".scale", ".shift", ".mean", ".variance"]).Zip(norms[convolutions[i].Outputs[0]].Inputs.Skip(1)))
                state[names[i] + part] = Read(input).flatten();
        }
        // Pixels enter here as (RGB − mean) / scale: turn the colours round, and take the difference of the means, a constant, out
        // of the statistics.
        Tensor stem = state["stem.weight"].flip(3), off = HeadNetwork.ImageMean - tensor(MeanImage).flip(0);
        state["stem.mean"] -= (stem.sum([1, 2]) * off).sum(1);
        state["stem.weight"] = (stem * HeadNetwork.ImageScale).contiguous();
        return state;

        Tensor Read(string name)
        {
            (long[] shape, float[] values) = file.Tensors[name];
            return tensor(values, shape);
        }
    }

    // In the order of the file: a block's shortcut comes before its convolutions.
    private static IEnumerable<string> Names()
    {
        yield return "stem";
        for (int stage = 0; stage < Blocks.Length; stage++)
        {
            for (int block = 0; block < Blocks[stage]; block++)
            {
                if (stage > 0 && block == 0)
                    yield return $"stage{stage}.0.down";
                yield return $"stage{stage}.{block}.a";
                yield return $"stage{stage}.{block}.b";
            }
        }
    }
}
