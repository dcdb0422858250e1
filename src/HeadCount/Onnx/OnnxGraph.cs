using System.Runtime.InteropServices;
using Google.Protobuf;
using HeadCount.IO;

namespace HeadCount.Onnx;

/// <summary>
/// Builds an ONNX network and writes it as a model file. Values are known by name: every method that makes one
/// returns its name, to be used as the input of later nodes.
/// </summary>
/// <remarks>Field numbers are those of onnx.proto (ONNX IR version 8).</remarks>
public sealed class OnnxGraph
{
    /// <summary>The operator set that the nodes are read as.</summary>
    public const int Opset = 18;

    private const int IrVersion = 8;

    private readonly string _name;
    private readonly HashSet<string> _values = [];
    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initializers = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];

    /// <summary>An empty graph.</summary>
    public OnnxGraph(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <summary>Declares an input of the network and returns its name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public string Input(string name, OnnxType type, params ReadOnlySpan<OnnxDim> dims)
    {
        Define(name);
        _inputs.Add(ValueInfo(name, type, dims));
        return name;
    }

    /// <summary>Declares a value that a node has made as an output of the network.</summary>
    /// <exception cref="ArgumentException">There is no value of that name.</exception>
    public void Output(string name, OnnxType type, params ReadOnlySpan<OnnxDim> dims)
    {
        Require(name);
        _outputs.Add(ValueInfo(name, type, dims));
    }

    /// <summary>Adds a tensor of known values (an initializer) and returns its name. Without dimensions it is a
    /// scalar when there is one value.</summary>
    /// <typeparam name="T">float, byte, sbyte, int or long.</typeparam>
    /// <param name="name">A name of its own in the graph.</param>
    /// <param name="values">The values, last dimension fastest.</param>
    /// <param name="dims">The shape; its product is the number of values.</param>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not fit the values.</exception>
    /// <exception cref="NotSupportedException">Another element type.</exception>
    public string Constant<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dims) where T : unmanaged
    {
        long count = 1;
        foreach (long dim in dims)
            count = checked(count * dim);
        if (count != values.Length)
        {
            throw new ArgumentException(
                $"Constant '{name}' has {values.Length} values but a shape of {count}.", nameof(dims));
        }
        OnnxType type = default(T) switch
        {
            float => OnnxType.Float,
            byte => OnnxType.UInt8,
            sbyte => OnnxType.Int8,
            int => OnnxType.Int32,
            long => OnnxType.Int64,
            _ => throw new NotSupportedException($"Constant '{name}': no ONNX type for {typeof(T).Name}."),
        };
        Define(name);
        // raw_data is little-endian by definition, and so is every machine that ONNX Runtime and .NET share.
        byte[] raw = MemoryMarshal.AsBytes(values).ToArray();
        long[] shape = dims.ToArray();
        _initializers.Add(Proto.Message(tensor =>
        {
            foreach (long dim in shape)
                tensor.Int(1, dim);
            tensor.Int(2, (long)type);
            tensor.Text(8, name);
            tensor.Bytes(9, raw);
        }));
        return name;
    }

    /// <summary>Adds a node with one output, gives the output a name of its own and returns it.</summary>
    /// <param name="op">The operator, such as <c>Conv</c>.</param>
    /// <param name="inputs">Names of values made before; an empty name leaves out an optional input.</param>
    /// <param name="attributes">Attribute names and values, such as <c>("group", 1)</c>.</param>
    /// <exception cref="ArgumentException">An input has not been made.</exception>
    public string Node(string op, ReadOnlySpan<string> inputs,
        params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes) =>
        Node(op, inputs, $"{op}_{_nodes.Count}", attributes);

    /// <summary>Adds a node with one output of the given name and returns that name.</summary>
    /// <exception cref="ArgumentException">An input has not been made, or the output's name is taken.</exception>
    public string Node(string op, ReadOnlySpan<string> inputs, string output,
        params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(op);
        foreach (string input in inputs)
        {
            if (input.Length > 0)
                Require(input);
        }
        Define(output);
        string[] names = inputs.ToArray();
        byte[][] values = [.. attributes.ToArray().Select(a => Attribute(a.Name, a.Value))];
        _nodes.Add(Proto.Message(node =>
        {
            foreach (string name in names)
                node.Text(1, name);
            node.Text(2, output);
            node.Text(3, output);
            node.Text(4, op);
            foreach (byte[] value in values)
                node.Bytes(5, value);
        }));
        return output;
    }

    /// <summary>The model file's bytes.</summary>
    /// <param name="metadata">Entries of <c>metadata_props</c>, written in the order of their keys.</param>
    public byte[] ToBytes(IReadOnlyDictionary<string, string>? metadata = null) => Proto.Message(model =>
    {
        model.Int(1, IrVersion);
        model.Text(2, "HeadCount");
        model.Bytes(7, Proto.Message(graph =>
        {
            _nodes.ForEach(node => graph.Bytes(1, node));
            graph.Text(2, _name);
            _initializers.ForEach(tensor => graph.Bytes(5, tensor));
            _inputs.ForEach(input => graph.Bytes(11, input));
            _outputs.ForEach(output => graph.Bytes(12, output));
        }));
        model.Bytes(8, Proto.Message(opset =>
        {
            opset.Text(1, "");
            opset.Int(2, Opset);
        }));
        OnnxMetadata.WriteEntries(model, metadata ?? new Dictionary<string, string>());
    });

    /// <summary>Writes the model file, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        byte[] bytes = ToBytes(metadata);
        WholeFile.Write(path, stream => stream.Write(bytes));
    }

    private void Define(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_values.Add(name))
            throw new ArgumentException($"The graph already has a value '{name}'.", nameof(name));
    }

    private void Require(string name)
    {
        if (!_values.Contains(name))
            throw new ArgumentException($"The graph has no value '{name}' yet.", nameof(name));
    }

    private static byte[] ValueInfo(string name, OnnxType type, ReadOnlySpan<OnnxDim> dims)
    {
        OnnxDim[] shape = dims.ToArray();
        return Proto.Message(info =>
        {
            info.Text(1, name);
            info.Bytes(2, Proto.Message(typeProto => typeProto.Bytes(1, Proto.Message(tensor =>
            {
                tensor.Int(1, (long)type);
                tensor.Bytes(2, Proto.Message(shapeProto =>
                {
                    foreach (OnnxDim dim in shape)
                        shapeProto.Bytes(1, Proto.Message(dimension => Dimension(dimension, dim)));
                }));
            }))));
        });
    }

    private static void Dimension(CodedOutputStream output, OnnxDim dim)
    {
        if (dim.Name is null)
            output.Int(1, dim.Size);
        else
            output.Text(2, dim.Name);
    }

    private static byte[] Attribute(string name, OnnxAttribute attribute) => Proto.Message(output =>
    {
        output.Text(1, name);
        // The number behind each value is AttributeProto.AttributeType, stored in field 20.
        switch (attribute.Value)
        {
            case float value:
                output.Float(2, value);
                output.Int(20, 1);
                break;
            case long value:
                output.Int(3, value);
                output.Int(20, 2);
                break;
            case string value:
                output.Text(4, value);
                output.Int(20, 3);
                break;
            case float[] values:
                Array.ForEach(values, value => output.Float(7, value));
                output.Int(20, 6);
                break;
            case long[] values:
                Array.ForEach(values, value => output.Int(8, value));
                output.Int(20, 7);
                break;
            default:
                throw new ArgumentException($"Attribute '{name}' has no value.", nameof(attribute));
        }
    });
}
