using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeadCount.Inference;

/// <summary>What a network of another program must have for its <see cref="ModelAdapter"/>.</summary>
internal static class ForeignContract
{
    /// <summary>The card of a network that has none, with the threshold that its kind was published with.</summary>
    internal static ModelCard Card(string path, ModelAdapter adapter) => new()
    {
        Name = Path.GetFileNameWithoutExtension(path),
        Version = "unknown",
        License = "unknown",
        Training = "unknown",
        Stride = 1,
        Threshold = adapter == ModelAdapter.HeatMap ? 100 / 255.0 : .5,
        SuppressionRadius = 0,
        Margin = 0,
    };

    /// <summary>Name and size of the picture's input.</summary>
    internal static (string Name, ForeignInput Size) Input(string path, InferenceSession session)
    {
        if (session.InputMetadata.Count == 1)
        {
            (string name, NodeMetadata node) = session.InputMetadata.First();
            // Sizes known at run time are below 1.
            if (node.ElementDataType == TensorElementType.Float && node.Dimensions is [_, 3 or < 1, var height, var width])
                return (name, new ForeignInput(width, height));
        }
        string found = string.Join(", ", session.InputMetadata.Select(Describe));
        throw new ModelException($"{path}: --adapter needs one input of type Float [N, 3, H, W], not {found}; leave "
            + "--adapter out for a HeadCount model, or export the network with such an input");
    }

    /// <summary>The outputs and what each is.</summary>
    internal static (string[] Names, string[] Roles) Outputs(string path, InferenceSession session, ModelAdapter adapter)
    {
        IReadOnlyDictionary<string, NodeMetadata> outputs = session.OutputMetadata;
        bool areFloat = outputs.Values.All(node => node.ElementDataType == TensorElementType.Float);
        if (adapter == ModelAdapter.Points)
        {
            string[] logits = [.. outputs.Keys.Where(name => name.Contains("logit", StringComparison.OrdinalIgnoreCase))];
            string[] points = [.. outputs.Keys.Except(logits)];
            if (areFloat && logits.Length == 1 && points.Length == 1
                && outputs.Values.All(node => node.Dimensions is [_, _, 2 or < 1]))
                return ([points[0], logits[0]], ["points", "logits"]);
            throw Unfit("two outputs of type Float [N, K, 2], of which one has 'logits' in its name");
        }
        if (areFloat && outputs.Count == 1 && outputs.Values.First().Dimensions is [_, 1 or < 1, _, _])
            return ([.. outputs.Keys], [adapter == ModelAdapter.Density ? "density" : "score"]);
        throw Unfit("one output of type Float [N, 1, h, w]");

        ModelException Unfit(string wanted) => new($"{path}: --adapter {adapter.ToString().ToLowerInvariant()} needs "
            + $"{wanted}, not {string.Join(", ", outputs.Select(Describe))}; choose another adapter or export such outputs");
    }

    private static string Describe(KeyValuePair<string, NodeMetadata> node) =>
        $"'{node.Key}' of type {node.Value.ElementDataType} [{string.Join(", ", node.Value.Dimensions)}]";
}
