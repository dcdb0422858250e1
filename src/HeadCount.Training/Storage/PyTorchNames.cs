using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace HeadCount.Training.Storage;

/// <summary>
/// The head network's weights under the names that a PyTorch definition gives its modules: <c>stages.0.1.a.conv.weight</c>
/// ([out, in, k, k]) for <c>stage0.1.a.weight</c> ([out, k, k, in]), <c>….bn.running_var</c> for <c>….variance</c>.
/// </summary>
internal static partial class PyTorchNames
{
    /// <summary>Whether the tensors bear such names.</summary>
    internal static bool Recognises(IEnumerable<string> names) => names.Contains("stem.conv.weight");

    /// <summary>The same tensors under the names and in the order of axes used here.</summary>
    internal static Dictionary<string, Tensor> Translate(IReadOnlyDictionary<string, Tensor> state)
    {
        var own = new Dictionary<string, Tensor>();
        foreach ((string name, Tensor tensor) in state)
        {
            string translated = Index().Replace(name, "$1$2")
                .Replace("stages", "stage", StringComparison.Ordinal).Replace("head0.", "head.", StringComparison.Ordinal)
                .Replace(".conv.weight", ".weight", StringComparison.Ordinal)
                .Replace(".bn.weight", ".scale", StringComparison.Ordinal).Replace(".bn.bias", ".shift", StringComparison.Ordinal)
                .Replace(".bn.running_mean", ".mean", StringComparison.Ordinal)
                .Replace(".bn.running_var", ".variance", StringComparison.Ordinal);
            own[translated] = tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1).contiguous() : tensor;
        }
        return own;
    }

    // A list's index: stages.0, lateral.1.
    [GeneratedRegex(@"^(stages|lateral|merge|head)\.(\d+)")]
    private static partial Regex Index();
}
