using System.Diagnostics.CodeAnalysis;

namespace HeadCount.Onnx;

/// <summary>The value of a node's attribute: an integer, a number, a text, or an array of integers or numbers.
/// Plain C# values convert into it.</summary>
[SuppressMessage("Usage", "CA2225", Justification = "Made to be written as plain values.")]
[SuppressMessage("Naming", "CA1711", Justification = "The name of the format.")]
public readonly struct OnnxAttribute
{
    private OnnxAttribute(object value) => Value = value;

    /// <summary>A <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, long[] or float[].</summary>
    internal object Value { get; }

    /// <summary>An attribute of type INT.</summary>
    public static implicit operator OnnxAttribute(long value) => new(value);

    /// <summary>An attribute of type FLOAT.</summary>
    public static implicit operator OnnxAttribute(float value) => new(value);

    /// <summary>An attribute of type STRING.</summary>
    public static implicit operator OnnxAttribute(string value) => new(value);

    /// <summary>An attribute of type INTS.</summary>
    public static implicit operator OnnxAttribute(long[] value) => new(value);

    /// <summary>An attribute of type FLOATS.</summary>
    public static implicit operator OnnxAttribute(float[] value) => new(value);
}
