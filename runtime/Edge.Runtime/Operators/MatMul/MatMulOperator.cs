using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// MatMul. A pass may add <see cref="FusedActivation"/> and a third input, the bias <c>[N]</c>.
/// </summary>
internal sealed class MatMulOperator() : Operator("MatMul", "", 1, OperatorCatalog.LatestOpset)
{
    private const int Bias = 2;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(1, DataType.Float32);
        var shape = MatMulShape.Read(c.Node, c.Shape(0), c.Shape(1));
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(shape.N)) throw c.Error($"bias {c.Shape(Bias)} must be [{shape.N}]");
        FusedActivation.Read(c.Attributes);
        c.Output(0, DataType.Float32, shape.Output);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shape = MatMulShape.Read(c.Node, c.Shape(0), c.Shape(1));
        var activation = FusedActivation.Read(c.Attributes);
        if (shape.Macs == 0) return new EmptyProductExecutor(c);
        var bias = c.Has(Bias) ? c.Constant(Bias) : null;
        if (shape.B.Length > 1 || (c.Has(Bias) && bias is null) || c.Constant(1) is not { } b)
            return new DynamicMatMulExecutor(c, shape, activation, c.Has(Bias) ? Bias : -1);
        var weights = Transposed(b, shape.K, shape.N);
        var g = ConvGeometry.MatMul(shape.M, shape.K, shape.N);
        var kernel = c.Kernels.Dense.PrepareConvF32(g, weights.AsSpan<float>(), bias is null ? [] : bias.AsSpan<float>(), activation);
        return new ConvExecutor(kernel, g, null, -1);
    }

    /// <summary><c>[k, n]</c> as <c>[n, k]</c>, which is how the kernels take weights.</summary>
    public static unsafe Tensor Transposed(Tensor matrix, int k, int n)
    {
        var t = Tensor.Create(matrix.Type, new Shape(n, k));
        StridedCopy.Transpose([k, n], [1, 0], matrix.Type.Size()).Run(matrix.Data, t.Data, WorkerPool.Inline);
        GC.KeepAlive(matrix);
        return t;
    }
}
