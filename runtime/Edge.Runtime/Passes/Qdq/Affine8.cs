using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>
/// 8-bit integers with the constant scale and zero point that make them real numbers: the input side of a
/// DequantizeLinear, or the output side of a QuantizeLinear.
/// </summary>
/// <param name="Integer">The integers.</param>
/// <param name="Scale">One float32, or one a channel of <paramref name="Axis"/>.</param>
/// <param name="ZeroPoint">As many integers of the type; null for 0.</param>
/// <param name="Type">uint8 or int8 (int32 for a dequantized bias).</param>
/// <param name="Axis">The channel axis, counted from the front.</param>
internal sealed record Affine8(Value Integer, Tensor Scale, Tensor? ZeroPoint, DataType Type, int Axis)
{
    public bool IsPerTensor => Scale.Count == 1;

    public float SingleScale => Scale.AsSpan<float>()[0];

    public int SingleZeroPoint => ZeroPoint is null ? 0 : Type == DataType.Int8 ? ZeroPoint.AsSpan<sbyte>()[0] : ZeroPoint.Bytes[0];

    public int Low => Type == DataType.Int8 ? -128 : 0;

    public int High => Type == DataType.Int8 ? 127 : 255;

    /// <summary>What <paramref name="value"/> was dequantized from; null if it was not, or not from integers this pass handles.</summary>
    public static Affine8? Dequantized(Value? value) =>
        value?.Producer is { OpType: "DequantizeLinear" } dq ? Read(dq, dq.Inputs[0]!, dq.Inputs[0]!.Type) : null;

    /// <summary>The same for one scale and 8 bits: activations.</summary>
    public static Affine8? Activation(Value? value) =>
        Dequantized(value) is { IsPerTensor: true, Type: DataType.UInt8 or DataType.Int8 } q ? q : null;

    /// <summary>What <paramref name="q"/>, a QuantizeLinear with one constant scale and an 8-bit result, produces; else null.</summary>
    public static Affine8? Quantized(Node? q) =>
        q is { OpType: "QuantizeLinear" } && Read(q, q.Outputs[0]!, q.Outputs[0]!.Type) is { IsPerTensor: true, Type: DataType.UInt8 or DataType.Int8 } a ? a : null;

    public bool SameParameters(Affine8 other) =>
        Type == other.Type && IsPerTensor && other.IsPerTensor && SingleScale == other.SingleScale && SingleZeroPoint == other.SingleZeroPoint;

    /// <summary>The real number, quantized: nearest, ties to even, saturated.</summary>
    public int Quantize(float real) =>
        (int)Math.Clamp(MathF.Round(real / SingleScale, MidpointRounding.ToEven) + SingleZeroPoint, Low, High);

    /// <summary>Scale and zero point as graph inputs of an integer operator.</summary>
    public Value[] Parameters(ModelGraph graph, string name)
    {
        var zero = ZeroPoint ?? Tensor.Create(Type, Scale.Shape);
        return [graph.AddConstant(name + ".scale", Scale), graph.AddConstant(name + ".zero_point", zero)];
    }

    private static Affine8? Read(Node node, Value integer, DataType type)
    {
        if (node.Constant(1) is not { Type: DataType.Float32 } scale) return null;
        if (node.Has(2) && node.Constant(2) is null) return null;
        if (type is not (DataType.UInt8 or DataType.Int8 or DataType.Int32) || node.Attributes.Int("block_size", 0) != 0) return null;
        if (!integer.IsStatic) return null;
        if (scale.Count != 1 && scale.Shape.Rank != 1) return null;
        long axis = node.Attributes.Int("axis", 1);
        int rank = integer.Shape!.Value.Rank;
        return new Affine8(integer, scale, node.Constant(2), type, (int)(axis < 0 ? axis + rank : axis));
    }
}
