using System.Diagnostics.CodeAnalysis;

namespace HeadCount.Onnx;

/// <summary>One dimension of a graph's input or output: a fixed size, or a name for one that is known at run time.</summary>
[SuppressMessage("Usage", "CA2225", Justification = "Made to be written as plain numbers and names.")]
public readonly record struct OnnxDim
{
    private OnnxDim(long size, string? name) => (Size, Name) = (size, name);

    /// <summary>The fixed size; without meaning when <see cref="Name"/> is set.</summary>
    public long Size { get; }

    /// <summary>The name of a size known at run time, or null for a fixed one.</summary>
    public string? Name { get; }

    /// <summary>A fixed size.</summary>
    public static implicit operator OnnxDim(long size) => new(size, null);

    /// <summary>A size known at run time.</summary>
    public static implicit operator OnnxDim(string name) => new(0, name);
}
