using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace HeadCount.Inference;

/// <summary>
/// A network in an ONNX file, ready to run: input <c>image</c> (uint8 [N, H, W, 3], RGB), outputs <c>score</c>
/// ([N, 1, h, w], 0..1), <c>offset</c> ([N, 2, h, w], pixels: x, y) and, where it has one, <c>density</c>
/// ([N, 1, h', w'], heads per cell), or <c>density</c> alone; with its <see cref="ModelCard"/> as metadata. Networks of
/// other programs run through a <see cref="ModelAdapter"/>. Several threads may share one.
/// </summary>
public sealed class HeadModel : IDisposable
{
    /// <summary>The model that is used when none is named.</summary>
    public const string DefaultName = "small";

    // Networks mirror the border up to a multiple of their coarsest stride, which needs a picture larger than the part
    // that is added; smaller tiles are extended by repeating their edge.
    private const int SmallestSide = 32;

    private readonly NetworkSessions _sessions;
    private readonly RunOptions _runOptions = new();
    private readonly string _input;
    private readonly string[] _outputs, _roles;
    private readonly ForeignInput? _foreign;

    private HeadModel(string path, NetworkSessions sessions, ModelCard card, string[] outputs)
    {
        Path = path;
        Card = card;
        _sessions = sessions;
        _input = "image";
        _outputs = _roles = outputs;
    }

    private HeadModel(string path, NetworkSessions sessions, ModelAdapter adapter)
    {
        Path = path;
        Card = ForeignContract.Card(path, adapter);
        Adapter = adapter;
        _sessions = sessions;
        (_input, _foreign) = ForeignContract.Input(path, sessions.Together);
        (_outputs, _roles) = ForeignContract.Outputs(path, sessions.Together, adapter);
    }

    /// <summary>The ONNX file.</summary>
    public string Path { get; }

    /// <summary>What the model says of itself.</summary>
    public ModelCard Card { get; }

    /// <summary>Whether the model gives a density map.</summary>
    public bool HasDensity => _roles.Contains("density");

    /// <summary>Whether the model gives a density map alone, which is decoded into heads: thresholds mean nothing.
    /// </summary>
    public bool CountsByDensity => _roles is ["density"];

    /// <summary>Whether pictures can be counted at a <see cref="CountQuality"/> of more than one look: the model scores
    /// heads itself.</summary>
    public bool TakesQuality => Adapter is null && !CountsByDensity;

    /// <summary>How a network of another program is run; null for HeadCount's own.</summary>
    public ModelAdapter? Adapter { get; }

    /// <summary>The longest side of a tile in pixels that the network takes; null for any.</summary>
    public int? LargestTile => _foreign?.LargestTile;

    /// <summary>The folder of the models that come with the program.</summary>
    public static string Folder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Names of the models in <see cref="Folder"/>.</summary>
    public static IReadOnlyList<string> Available() => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, "*.onnx")
            .Select(file => System.IO.Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Loads a model.</summary>
    /// <param name="nameOrPath">The name of a model in <see cref="Folder"/>, or the path of an ONNX file.</param>
    /// <param name="threads">Threads that the network uses; 0: one for each core.</param>
    /// <param name="adapter">What a network of another program gives; null for one with the contract above.</param>
    /// <exception cref="ModelException">There is no such model, or it does not keep the contract above or the
    /// adapter's.</exception>
    public static HeadModel Load(string nameOrPath = DefaultName, int threads = 0, ModelAdapter? adapter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        string path = PathOf(nameOrPath);
        var sessions = new NetworkSessions(path, threads);
        try
        {
            if (adapter is ModelAdapter foreign)
                return new HeadModel(path, sessions, foreign);
            ModelCard card = ModelCard.FromMetadata(sessions.Together.ModelMetadata.CustomMetadataMap, path);
            return new HeadModel(path, sessions, card, ContractOutputs(path, sessions.Together));
        }
        catch
        {
            sessions.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network on a batch of tiles of one size.</summary>
    /// <param name="tiles">The tiles one after the other, each <paramref name="height"/> × <paramref name="width"/> × 3
    /// bytes, RGB.</param>
    /// <param name="count">Tiles in the batch.</param>
    /// <param name="width">Columns of a tile, at least 1.</param>
    /// <param name="height">Rows of a tile, at least 1.</param>
    /// <exception cref="ArgumentException">The buffer has another length.</exception>
    /// <exception cref="ModelException">The network fails or its maps do not fit the tile.</exception>
    public HeadMaps Run(Memory<byte> tiles, int count, int width, int height) =>
        Run(_sessions.Alone, tiles, count, width, height);

    /// <summary>The same, for <see cref="AtOnce"/> callers at the same time.</summary>
    internal HeadMaps RunTogether(Memory<byte> tiles, int count, int width, int height) =>
        Run(_sessions.Together, tiles, count, width, height);

    /// <summary>Runs that <see cref="RunTogether"/> is for at the same time.</summary>
    internal int AtOnce => _sessions.AtOnce;

    private HeadMaps Run(InferenceSession session, Memory<byte> tiles, int count, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (tiles.Length != 3L * count * width * height)
        {
            throw new ArgumentException(
                $"{count} tiles of {width}×{height} are not {tiles.Length} bytes.", nameof(tiles));
        }
        (int Width, int Height) size = _foreign?.SizeFor(Path, width, height)
            ?? (Math.Max(width, SmallestSide), Math.Max(height, SmallestSide));
        OrtValue input;
        if (_foreign is not null)
        {
            input = OrtValue.CreateTensorValueFromMemory(
                ForeignInput.Planes(tiles.Span, count, width, height, size), [count, 3, size.Height, size.Width]);
        }
        else
        {
            if (size != (width, height))
                tiles = ExtendEdges(tiles.Span, count, width, height, size.Width, size.Height);
            input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, tiles, [count, size.Height, size.Width, 3]);
        }
        using OrtValue pixels = input;
        try
        {
            return new HeadMaps(session.Run(_runOptions, [_input], [pixels], _outputs), _roles, Path, count,
                (width, height), _foreign is null ? Card.Stride : null, size);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"{Path}: the network failed on a {width}×{height} tile ({FirstLine(e)})", e);
        }
    }

    /// <summary>Unloads the model.</summary>
    public void Dispose()
    {
        _runOptions.Dispose();
        _sessions.Dispose();
    }

    /// <summary>The file of a model.</summary>
    /// <param name="nameOrPath">The name of a model in <see cref="Folder"/>, or the path of an ONNX file.</param>
    /// <exception cref="ModelException">There is no such model.</exception>
    public static string PathOf(string nameOrPath)
    {
        if (File.Exists(nameOrPath))
            return nameOrPath;
        string shipped = System.IO.Path.Combine(Folder, nameOrPath + ".onnx");
        bool isName = nameOrPath == System.IO.Path.GetFileName(nameOrPath);
        if (isName && File.Exists(shipped))
            return shipped;
        IReadOnlyList<string> available = Available();
        string there = available.Count > 0
            ? $"choose one of: {string.Join(", ", available)}; or give the path of an ONNX file"
            : $"none is installed in {Folder}; give the path of an ONNX file";
        throw new ModelException($"no model '{nameOrPath}': {there}");
    }

    private static string[] ContractOutputs(string path, InferenceSession session)
    {
        Require("input", session.InputMetadata, "image", TensorElementType.UInt8);
        IReadOnlyDictionary<string, NodeMetadata> outputs = session.OutputMetadata;
        string[] names = !outputs.ContainsKey("density") ? ["score", "offset"]
            : outputs.Count == 1 ? ["density"]
            : ["score", "offset", "density"];
        foreach (string name in names)
            Require("output", outputs, name, TensorElementType.Float);
        return names;

        void Require(string kind, IReadOnlyDictionary<string, NodeMetadata> nodes, string name, TensorElementType type)
        {
            if (!nodes.TryGetValue(name, out NodeMetadata? node) || node.ElementDataType != type
                || node.Dimensions.Length != 4)
            {
                throw new ModelException(
                    $"{path}: not a HeadCount model (no {kind} '{name}' of type {type} with 4 dimensions); "
                    + ModelCard.WhatToDo);
            }
        }
    }

    // Repeats the last row and column.
    private static byte[] ExtendEdges(
        ReadOnlySpan<byte> tiles, int count, int width, int height, int newWidth, int newHeight)
    {
        var extended = new byte[3 * count * newWidth * newHeight];
        for (int i = 0; i < count; i++)
        {
            for (int y = 0; y < newHeight; y++)
            {
                for (int x = 0; x < newWidth; x++)
                {
                    int from = 3 * ((i * height + Math.Min(y, height - 1)) * width + Math.Min(x, width - 1));
                    tiles.Slice(from, 3).CopyTo(extended.AsSpan(3 * ((i * newHeight + y) * newWidth + x)));
                }
            }
        }
        return extended;
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
