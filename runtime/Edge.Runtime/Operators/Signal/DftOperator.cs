using Edge.Kernels.Signal;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Signal;

/// <summary>
/// DFT of float32 and float64 along one axis of <c>[…, 1]</c> (real) or <c>[…, 2]</c> (complex). The axis is an attribute
/// before opset 20, an input from then on. With <c>onesided</c> the first half of the result; an inverse takes the first
/// half of a spectrum and gives real numbers.
/// </summary>
internal sealed class DftOperator() : Operator("DFT", "", 17, OperatorCatalog.LatestOpset)
{
    private const int LengthInput = 1, AxisInput = 2;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 2);
        var x = c.Shape(0);
        if (x[^1] is not (1 or 2)) throw c.Error($"input {x} must end in 1 (real) or 2 (complex)");
        c.Attributes.Int("inverse", 0);
        c.Attributes.Int("onesided", 0);
        if (c.Opset < 20) c.Attributes.Int("axis", 1);
        if (Read(c.Node, x) is not var (axis, shape))
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        int[] dims = x.ToArray();
        dims[axis] = shape.Bins;
        dims[^1] = shape.IsHalf ? 1 : 2;
        c.Output(0, c.Type(0), new Shape(dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (axis, shape) = Read(c.Node, c.Shape(0))!.Value;
        return c.Type(0) == DataType.Float32
            ? new DftExecutor<float>(c.Shape(0), axis, shape, c.Threads)
            : new DftExecutor<double>(c.Shape(0), axis, shape, c.Threads);
    }

    /// <summary>Null if only a run brings the length or the axis.</summary>
    private static (int Axis, SpectrumShape Shape)? Read(Node node, Shape x)
    {
        var context = new InferContext(node);
        long axis = node.Opset < 20 ? node.Attributes.Int("axis", 1) : -2;
        if (node.Opset >= 20 && node.Has(AxisInput))
        {
            if (context.ConstantInts(AxisInput) is not [var given]) return null;
            axis = given;
        }

        int at = node.Axis(axis, x.Rank);
        if (at == x.Rank - 1) throw node.Error($"axis {axis} is that of real and imaginary part");
        bool inverse = node.Attributes.Int("inverse", 0) != 0, onesided = node.Attributes.Int("onesided", 0) != 0, complex = x[^1] == 2;
        bool half = inverse && onesided;
        long length = half ? 2 * (x[at] - 1L) : x[at];
        if (node.Has(LengthInput))
        {
            if (context.ConstantInts(LengthInput) is not [var given]) return null;
            length = given;
        }

        FourierLength.Require(node, "dft_length", length);
        return (at, new SpectrumShape((int)length, complex, inverse, (int)(onesided && !half ? length / 2 + 1 : length), half));
    }
}
