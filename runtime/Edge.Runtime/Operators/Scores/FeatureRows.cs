using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scores;

/// <summary>
/// Input 0 of an operator of ai.onnx.ml: rows of features <c>[N, C]</c>, or one row <c>[C]</c>, of any of four types, read as
/// float32 or float64.
/// </summary>
/// <param name="Rows">N; 1 for one row.</param>
/// <param name="Columns">C.</param>
/// <param name="Type">Of the input.</param>
/// <param name="Computed">What the operator computes with: float32 or float64.</param>
internal readonly record struct FeatureRows(int Rows, int Columns, DataType Type, DataType Computed)
{
    /// <summary>The types that ai.onnx.ml takes.</summary>
    public static ReadOnlySpan<DataType> Types => [DataType.Float32, DataType.Float64, DataType.Int64, DataType.Int32];

    public int Count => Rows * Columns;

    /// <summary>Scratch of <see cref="Get"/>, a multiple of 64.</summary>
    public nint ScratchBytes => Type == Computed ? 0 : Aligned((nint)Count * Computed.Size());

    /// <exception cref="Onnx.ModelException">The input has another type or rank.</exception>
    public static FeatureRows Read(InferContext c)
    {
        c.RequireType(0, Types);
        c.RequireRank(0, 1, 2);
        return Of(c.Type(0), c.Shape(0), DataType.Float32);
    }

    public static FeatureRows Of(DataType type, Shape x, DataType computed) => new(x.Rank == 1 ? 1 : x[0], x[^1], type, computed);

    /// <summary>The features in the type of the computation: the input itself, or a copy in scratch.</summary>
    public unsafe void* Get(void* x, byte* scratch)
    {
        if (Type == Computed) return x;
        ElementCast.Find(Type, Computed)(x, scratch, Count);
        return scratch;
    }

    /// <summary>Bytes rounded up such that what follows is aligned.</summary>
    public static nint Aligned(nint bytes) => (bytes + 63) & ~(nint)63;
}
