using HeadCount.Inference;

namespace HeadCount.Studio.Counting;

/// <summary>The models, each loaded when first asked for and kept.</summary>
public sealed class Models(StudioOptions options) : IDisposable
{
    private readonly Dictionary<string, HeadModel> _loaded = [];
    private readonly Lock _lock = new();

    /// <summary>Names that may be asked for: those that come with the program, and the one the studio was started with.</summary>
    public IReadOnlyList<string> Names { get; } = [.. HeadModel.Available().Append(options.Model).Distinct(StringComparer.Ordinal)];

    /// <summary>The one the studio was started with.</summary>
    public string DefaultName => options.Model;

    /// <summary>Loads a model, or gives the loaded one.</summary>
    /// <exception cref="ModelException">There is no such model among <see cref="Names"/>, or it cannot be loaded.</exception>
    public HeadModel Get(string name)
    {
        // A caller's name must never become a path.
        if (!Names.Contains(name))
            throw new ModelException($"No model '{name}'; there are: {string.Join(", ", Names)}");
        lock (_lock)
        {
            return _loaded.TryGetValue(name, out HeadModel? model)
                ? model
                : _loaded[name] = HeadModel.Load(name, options.Threads);
        }
    }

    /// <summary>What a model says of itself; it need not be loaded for that.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public ModelCard Card(string name)
    {
        lock (_lock)
        {
            if (_loaded.TryGetValue(name, out HeadModel? model))
                return model.Card;
        }
        return ModelCard.Read(Path.Combine(HeadModel.Folder, name + ".onnx"));
    }

    public void Dispose()
    {
        foreach (HeadModel model in _loaded.Values)
            model.Dispose();
    }
}
