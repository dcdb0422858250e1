using HeadCount.Inference;
using HeadCount.Studio.Storage;

namespace HeadCount.Studio.Counting;

/// <summary>The models, each loaded when first asked for and kept.</summary>
public sealed class Models(StudioOptions options) : IDisposable
{
    private readonly Dictionary<string, HeadModel> _loaded = [];
    private readonly Lock _lock = new();
    private readonly string _improved = Path.Combine(options.Data, "models");

    /// <summary>Names that may be asked for: those that come with the program, the one the studio was started with, and those that
    /// were made from corrections.</summary>
    public IReadOnlyList<string> Names =>
        [.. HeadModel.Available().Append(options.Model).Concat(Improved().Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)];

    /// <summary>The one the studio was started with.</summary>
    public string DefaultName => options.Model;

    /// <summary>The one that a project's pictures are counted with.</summary>
    internal string Of(ProjectRow project) => project.Model ?? DefaultName;

    /// <summary>Refuses a caller's name that no model goes by; null is none.</summary>
    /// <exception cref="BadHttpRequestException">There is no such model.</exception>
    internal void Require(string? name)
    {
        if (name is not null && !Names.Contains(name))
            throw new BadHttpRequestException($"There is no model '{name}'; there are: {string.Join(", ", Names)}");
    }

    /// <summary>The file to train further: 8-bit models cannot be, but come from one in floats that can.</summary>
    public string Trainable
    {
        get
        {
            const string Int8 = "-int8";
            return HeadModel.PathOf(options.Model.EndsWith(Int8, StringComparison.Ordinal) && HeadModel.Available().Contains(options.Model[..^Int8.Length])
                ? options.Model[..^Int8.Length]
                : options.Model);
        }
    }

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
                : _loaded[name] = HeadModel.Load(File.Exists(ImprovedPath(name)) ? ImprovedPath(name) : name, options.Threads);
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
        return ModelCard.Read(File.Exists(ImprovedPath(name)) ? ImprovedPath(name) : Path.Combine(HeadModel.Folder, name + ".onnx"));
    }

    /// <summary>Takes a model that was made from corrections over from where it was made; gives the name it now goes by.</summary>
    internal string TakeIn(string file)
    {
        Directory.CreateDirectory(_improved);
        // A number that was given once is not given again: pictures name the model that counted them.
        int last = Improved().Select(name => int.TryParse(name.AsSpan(Prefix.Length), out int number) ? number : 0).DefaultIfEmpty().Max();
        string taken = $"{Prefix}{last + 1}";
        File.Move(file, ImprovedPath(taken));
        return taken;
    }

    private const string Prefix = "improved-";

    private IEnumerable<string> Improved() => Directory.Exists(_improved)
        ? Directory.GetFiles(_improved, Prefix + "*.onnx").Select(file => Path.GetFileNameWithoutExtension(file)!)
        : [];

    private string ImprovedPath(string name) => Path.Combine(_improved, name + ".onnx");

    public void Dispose()
    {
        foreach (HeadModel model in _loaded.Values)
            model.Dispose();
    }
}
