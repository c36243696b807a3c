using System.Diagnostics.CodeAnalysis;
using Edge.Tensors;

namespace Edge.Kernels.Elementwise;

/// <summary>Elementwise kernels of one ISA. Immutable and free of locks; results are the same bytes on every ISA.</summary>
public abstract class ElementwiseKernels
{
    /// <summary>Affine functions for each channel.</summary>
    public abstract ScaleShiftKernel ScaleShift { get; }

    /// <summary>Functions of a byte, by table.</summary>
    public abstract ByteLookup Lookup { get; }

    /// <param name="function">The function.</param>
    /// <param name="type">Of argument and result.</param>
    /// <param name="alpha">What it means is said at <see cref="UnaryFunction"/>.</param>
    /// <param name="beta">Likewise.</param>
    /// <returns>Null if the function is not implemented for the type.</returns>
    public abstract UnaryKernel? Unary(UnaryFunction function, DataType type, double alpha = 0, double beta = 0);

    /// <param name="function">The function.</param>
    /// <param name="type">Of both operands; a comparison results in bool.</param>
    /// <returns>Null if the function is not implemented for the type.</returns>
    public abstract BinaryKernel? Binary(BinaryFunction function, DataType type);

    /// <summary>The lower-case name of a type in kernel names: <c>f32</c>, <c>s8</c>.</summary>
    public static string TypeName(DataType type) => type switch
    {
        DataType.Float32 => "f32",
        DataType.Float64 => "f64",
        DataType.UInt8 => "u8",
        DataType.Int8 => "s8",
        DataType.UInt16 => "u16",
        DataType.Int16 => "s16",
        DataType.UInt32 => "u32",
        DataType.Int32 => "s32",
        DataType.UInt64 => "u64",
        DataType.Int64 => "s64",
        _ => type.OnnxName(),
    };
}
