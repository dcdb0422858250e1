using System.Diagnostics.CodeAnalysis;

namespace HeadCount.Onnx;

/// <summary>Element types of tensors; the values are those of <c>TensorProto.DataType</c> in onnx.proto.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the format.")]
public enum OnnxType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 3,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,
}
