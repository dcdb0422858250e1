using TorchSharp;
using Parameter = TorchSharp.Modules.Parameter;

namespace HeadCount.Training.Networks;

/// <summary>A network's weights by name.</summary>
internal interface INetwork : IDisposable
{
    /// <summary>What is trained by gradient. Names of convolutions' weights end in <c>.weight</c>.</summary>
    IReadOnlyDictionary<string, Parameter> Parameters { get; }

    /// <summary>Everything that the network's answer depends on, what is not trained included.</summary>
    IEnumerable<KeyValuePair<string, torch.Tensor>> State { get; }

    /// <summary>Takes over weights by name.</summary>
    /// <exception cref="InvalidDataException">One is missing or has another shape.</exception>
    void Load(IReadOnlyDictionary<string, torch.Tensor> state);
}
