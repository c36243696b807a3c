using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// MatMul. For float32 a pass may add <see cref="FusedActivation"/> and a third input, the bias <c>[N]</c>; where weights and
/// bias are constants, also a fourth of the output's shape, which is added before the activation. The other types are
/// computed without special kernels.
/// </summary>
internal sealed class MatMulOperator() : Operator("MatMul", "", 1, OperatorCatalog.LatestOpset)
{
    private const int Bias = 2, Residual = 3;

    /// <summary>Each element of the residual is read before the output's element is written.</summary>
    public override bool CanOverwrite(Graph.Node node, int input) => input == Residual;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64);
        c.RequireType(1, c.Type(0));
        var shape = MatMulShape.Read(c.Node, c.Shape(0), c.Shape(1));
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(shape.N)) throw c.Error($"bias {c.Shape(Bias)} must be [{shape.N}]");
        if (c.Has(Residual) && c.Shape(Residual) != shape.Output) throw c.Error($"residual {c.Shape(Residual)} must have the output's shape {shape.Output}");
        bool fused = FusedActivation.Read(c.Attributes).Kind != ActivationKind.None || c.Has(Bias) || c.Has(Residual);
        if (fused && c.Type(0) != DataType.Float32)
            throw c.Error($"a bias, a residual or an activation of type {c.Type(0).OnnxName()} is not supported; supported: float");
        c.Output(0, c.Type(0), shape.Output);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shape = MatMulShape.Read(c.Node, c.Shape(0), c.Shape(1));
        var activation = FusedActivation.Read(c.Attributes);
        if (c.Type(0) != DataType.Float32 && shape.Macs > 0) return Plain(c.Type(0), shape);
        if (shape.Macs == 0) return new EmptyProductExecutor(c);
        var bias = c.Has(Bias) ? c.Constant(Bias) : null;
        if (shape.B.Length > 1 || (c.Has(Bias) && bias is null) || c.Constant(1) is not { } b)
        {
            if (c.Has(Residual)) throw c.Node.Error("a residual is not supported where a run brings weights or bias; supported: constants");
            return new DynamicMatMulExecutor(c, shape, activation, c.Has(Bias) ? Bias : -1);
        }

        var g = ConvGeometry.MatMul(shape.M, shape.K, shape.N);
        ReadOnlySpan<float> biases = bias is null ? [] : bias.AsSpan<float>();
        var kernel = c.Stored(1) is { } stored
            ? c.Kernels.Dense.PrepareMatMulF32(shape.M, stored.Right(transposed: false), biases, activation, c.Packed)
            : c.Kernels.Dense.PrepareConvF32(g, Transposed(b, shape.K, shape.N).AsSpan<float>(), biases, activation, c.Packed);
        return new ConvExecutor(kernel, g, null, c.Has(Residual) ? Residual : -1);
    }

    private static Executor Plain(DataType type, MatMulShape shape) => type switch
    {
        DataType.Float64 => new PlainMatMulExecutor<double>(shape),
        DataType.Int32 => new PlainMatMulExecutor<int>(shape),
        DataType.UInt32 => new PlainMatMulExecutor<uint>(shape),
        DataType.Int64 => new PlainMatMulExecutor<long>(shape),
        _ => new PlainMatMulExecutor<ulong>(shape),
    };

    /// <summary><c>[k, n]</c> as <c>[n, k]</c>, which is how the kernels take weights.</summary>
    public static unsafe Tensor Transposed(Tensor matrix, int k, int n)
    {
        var t = Tensor.Create(matrix.Type, new Shape(n, k));
        StridedCopy.Transpose([k, n], [1, 0], matrix.Type.Size()).Run(matrix.Data, t.Data, WorkerPool.Inline);
        GC.KeepAlive(matrix);
        return t;
    }
}
