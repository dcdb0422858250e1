using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace HeadCount.Training.Storage;

/// <summary>A PyTorch storage that a pickle refers to.</summary>
/// <param name="Type">Such as FloatStorage.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">Its numbers.</param>
internal sealed record PickledStorage(string Type, string Key, long Count);

/// <summary>A tensor as a pickle describes it.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>
/// Reads the part of Python's pickle format that state dicts are written in. A pickle is a program; this one runs only
/// what builds dictionaries, lists, numbers, texts and tensors, and refuses every other name, so that a file cannot do
/// harm. Opcodes are those of Python's pickletools, protocol 2.
/// </summary>
internal sealed class StateDictPickle
{
    private static readonly object Mark = new();

    private readonly Stream _stream;
    private readonly Stack<object?> _stack = new();
    private readonly Dictionary<int, object?> _memo = [];

    private StateDictPickle(Stream stream) => _stream = stream;

    /// <summary>Reads one pickle; the stream then stands behind it.</summary>
    /// <returns>Dictionaries as <see cref="Dictionary{TKey, TValue}"/> of objects, lists and tuples as <see cref="List{T}"/>,
    /// integers as long, and <see cref="PickledTensor"/>.</returns>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    internal static object? Read(Stream stream)
    {
        try
        {
            return new StateDictPickle(stream).Run();
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException or NullReferenceException
            or ArgumentException or KeyNotFoundException)
        {
            throw new InvalidDataException("the pickle in it is damaged", e);
        }
    }

    private object? Run()
    {
        while (true)
        {
            int code = Byte();
            switch (code)
            {
                case 0x80: // PROTO
                    Byte();
                    break;
                case '.': // STOP
                    return _stack.Pop();
                case '(': // MARK
                    _stack.Push(Mark);
                    break;
                case 'N': // NONE
                    _stack.Push(null);
                    break;
                case 0x88: // NEWTRUE
                    _stack.Push(true);
                    break;
                case 0x89: // NEWFALSE
                    _stack.Push(false);
                    break;
                case 'K': // BININT1
                    _stack.Push((long)Byte());
                    break;
                case 'M': // BININT2
                    _stack.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)));
                    break;
                case 'J': // BININT
                    _stack.Push((long)Int32());
                    break;
                case 0x8a: // LONG1
                    var number = new BigInteger(Bytes(Byte()));
                    _stack.Push(number >= long.MinValue && number <= long.MaxValue ? (long)number : (object)number);
                    break;
                case 'G': // BINFLOAT
                    _stack.Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                    break;
                case 'X' or 'T': // BINUNICODE, BINSTRING
                    _stack.Push(Encoding.UTF8.GetString(Bytes(Int32())));
                    break;
                case 'U': // SHORT_BINSTRING
                    _stack.Push(Encoding.UTF8.GetString(Bytes(Byte())));
                    break;
                case '}': // EMPTY_DICT
                    _stack.Push(new Dictionary<object, object?>());
                    break;
                case ']' or ')': // EMPTY_LIST, EMPTY_TUPLE
                    _stack.Push(new List<object?>());
                    break;
                case 't': // TUPLE
                    _stack.Push(ToMark());
                    break;
                case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                    _stack.Push(Top(code - 0x84));
                    break;
                case 'a': // APPEND
                    Append(Top(1));
                    break;
                case 'e': // APPENDS
                    Append(ToMark());
                    break;
                case 's': // SETITEM
                    SetItems(Top(2));
                    break;
                case 'u': // SETITEMS
                    SetItems(ToMark());
                    break;
                case 'q': // BINPUT
                    _memo[Byte()] = _stack.Peek();
                    break;
                case 'r': // LONG_BINPUT
                    _memo[Int32()] = _stack.Peek();
                    break;
                case 'h': // BINGET
                    _stack.Push(_memo[Byte()]);
                    break;
                case 'j': // LONG_BINGET
                    _stack.Push(_memo[Int32()]);
                    break;
                case 'c': // GLOBAL
                    _stack.Push(new Global(Line() + "." + Line()));
                    break;
                case 'R' or 0x81: // REDUCE, NEWOBJ
                    var arguments = (List<object?>)_stack.Pop()!;
                    _stack.Push(Call((Global)_stack.Pop()!, arguments));
                    break;
                case 'b': // BUILD: attributes of a dictionary or a parameter, none of which matters here
                    _stack.Pop();
                    break;
                case 'Q': // BINPERSID
                    _stack.Push(Storage((List<object?>)_stack.Pop()!));
                    break;
                default:
                    throw new InvalidDataException($"its pickle has the opcode 0x{code:x2}, which no state dict needs");
            }
        }
    }

    private static object? Call(Global function, List<object?> arguments)
    {
        switch (function.Name)
        {
            case "collections.OrderedDict":
                var dictionary = new Dictionary<object, object?>();
                foreach (object? pair in arguments.Count > 0 ? (List<object?>)arguments[0]! : [])
                    dictionary[((List<object?>)pair!)[0]!] = ((List<object?>)pair)[1];
                return dictionary;
            case "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2":
                long[] shape = Numbers(arguments[2]), strides = Numbers(arguments[3]);
                return shape.Length == strides.Length
                    ? new PickledTensor((PickledStorage)arguments[0]!, (long)arguments[1]!, shape, strides)
                    : throw new InvalidDataException($"a tensor of {shape.Length} dimensions with {strides.Length} strides");
            // What a parameter adds to its tensor is of no use here.
            case "torch._utils._rebuild_parameter" or "torch.nn.parameter.Parameter":
                return (PickledTensor)arguments[0]!;
            default:
                throw new InvalidDataException($"its pickle asks for '{function.Name}', which is no part of a state dict; save model.state_dict()");
        }
    }

    private static PickledStorage Storage(List<object?> id)
    {
        string type = ((Global)id[1]!).Name;
        if ((string)id[0]! != "storage" || !type.StartsWith("torch.", StringComparison.Ordinal))
            throw new InvalidDataException($"its pickle refers to '{id[0]}' {type}, which is no part of a state dict");
        return new PickledStorage(type["torch.".Length..], (string)id[2]!, (long)id[4]!);
    }

    private static long[] Numbers(object? list) => [.. ((List<object?>)list!).Select(n => (long)n!)];

    private void Append(List<object?> values) => ((List<object?>)_stack.Peek()!).AddRange(values);

    private void SetItems(List<object?> values)
    {
        var dictionary = (Dictionary<object, object?>)_stack.Peek()!;
        for (int i = 0; i < values.Count; i += 2)
            dictionary[values[i]!] = values[i + 1];
    }

    private List<object?> Top(int count)
    {
        var values = new List<object?>();
        for (int i = 0; i < count; i++)
            values.Insert(0, _stack.Pop());
        return values;
    }

    private List<object?> ToMark()
    {
        var values = new List<object?>();
        while (_stack.Pop() is var value && value != Mark)
            values.Add(value);
        values.Reverse();
        return values;
    }

    private int Byte() => _stream.ReadByte() is var value and >= 0 ? value : throw new EndOfStreamException("its pickle is cut short");

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    private byte[] Bytes(int count)
    {
        const int Most = 1 << 20;
        if (count is < 0 or > Most)
            throw new InvalidDataException($"its pickle holds a text of {count} bytes");
        var bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private string Line()
    {
        var text = new StringBuilder();
        for (int value = Byte(); value != '\n'; value = Byte())
            text.Append((char)value);
        return text.ToString();
    }

    /// <summary>A class or function that the pickle names.</summary>
    private sealed record Global(string Name);
}
