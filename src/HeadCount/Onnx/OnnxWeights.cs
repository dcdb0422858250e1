using System.Runtime.InteropServices;
using Google.Protobuf;

namespace HeadCount.Onnx;

/// <summary>A node of an ONNX graph: what it does, and the names of what goes in and comes out.</summary>
/// <param name="Operation">Such as <c>Conv</c>.</param>
/// <param name="Inputs">Names of tensors, in the operation's order.</param>
/// <param name="Outputs">Names of tensors, in the operation's order.</param>
public sealed record OnnxNode(string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

/// <summary>The float32 tensors stored in an ONNX file and the nodes that use them.</summary>
/// <param name="Nodes">In the order of the file, which is one in which they can run.</param>
/// <param name="Tensors">Shape and values by name; those of other types are left out.</param>
public sealed record OnnxWeights(
    IReadOnlyList<OnnxNode> Nodes, IReadOnlyDictionary<string, (long[] Shape, float[] Values)> Tensors)
{
    // Field numbers of onnx.proto: ModelProto.graph; GraphProto.node and .initializer; NodeProto; TensorProto.
    private const int Graph = 7, Node = 1, Initializer = 5, NodeInput = 1, NodeOutput = 2, NodeOperation = 4;
    private const int Dims = 1, DataType = 2, FloatData = 4, TensorName = 8, RawData = 9;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is not an ONNX model; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxWeights Read(string path)
    {
        var nodes = new List<OnnxNode>();
        var tensors = new Dictionary<string, (long[], float[])>();
        bool hasGraph = false;
        try
        {
            Fields(ByteString.CopyFrom(File.ReadAllBytes(path)), (model, field, _) =>
            {
                if (field != Graph)
                    return false;
                hasGraph = true;
                Fields(model.ReadBytes(), (graph, part, _) =>
                {
                    if (part == Node)
                        nodes.Add(ReadNode(graph.ReadBytes()));
                    else if (part == Initializer && ReadTensor(graph.ReadBytes()) is (var name, var shape, { } values))
                        tensors[name] = (shape, values);
                    else
                        return part == Initializer;
                    return true;
                });
                return true;
            });
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"{path}: not an ONNX model, or damaged; copy or export it again", e);
        }
        return hasGraph ? new OnnxWeights(nodes, tensors)
            : throw new InvalidDataException($"{path}: not an ONNX model, or damaged; copy or export it again");
    }

    private static OnnxNode ReadNode(ByteString bytes)
    {
        List<string> inputs = [], outputs = [];
        string operation = "";
        Fields(bytes, (node, field, _) =>
        {
            switch (field)
            {
                case NodeInput: inputs.Add(node.ReadString()); return true;
                case NodeOutput: outputs.Add(node.ReadString()); return true;
                case NodeOperation: operation = node.ReadString(); return true;
                default: return false;
            }
        });
        return new OnnxNode(operation, inputs, outputs);
    }

    // Without values when it holds other numbers than float32, or keeps them in another file.
    private static (string Name, long[] Shape, float[]? Values) ReadTensor(ByteString bytes)
    {
        var shape = new List<long>();
        string name = "";
        OnnxType type = 0;
        var values = new List<float>();
        Fields(bytes, (tensor, field, wire) =>
        {
            bool packed = wire == WireFormat.WireType.LengthDelimited;
            switch (field)
            {
                case Dims when packed:
                    using (CodedInputStream dims = tensor.ReadBytes().CreateCodedInput())
                    {
                        while (!dims.IsAtEnd)
                            shape.Add(dims.ReadInt64());
                    }
                    return true;
                case Dims: shape.Add(tensor.ReadInt64()); return true;
                case DataType: type = (OnnxType)tensor.ReadInt32(); return true;
                case FloatData when packed:
                case RawData:
                    ReadOnlySpan<byte> raw = tensor.ReadBytes().Span;
                    if (raw.Length % sizeof(float) == 0)
                        values.AddRange(MemoryMarshal.Cast<byte, float>(raw));
                    return true;
                case FloatData: values.Add(tensor.ReadFloat()); return true;
                case TensorName: name = tensor.ReadString(); return true;
                default: return false;
            }
        });
        bool whole = type == OnnxType.Float && shape.Aggregate(1L, (product, side) => product * side) == values.Count;
        return (name, [.. shape], whole ? [.. values] : null);
    }

    // Reads a message: take() gets a field's number and wire type and reads its value, or leaves it to be skipped.
    private static void Fields(ByteString bytes, Func<CodedInputStream, int, WireFormat.WireType, bool> take)
    {
        using CodedInputStream input = bytes.CreateCodedInput();
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (!take(input, WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag)))
                input.SkipLastField();
        }
    }
}
