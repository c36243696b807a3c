using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// Gemm (opset 7 on, where C broadcasts by itself). For float32 a pass may add <see cref="FusedActivation"/>; the other types
/// are computed without special kernels.
/// </summary>
internal class GemmOperator(string opType = "Gemm", string domain = "", int minOpset = 7) : Operator(opType, domain, minOpset, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64);
        for (int i = 1; i < c.InputCount; i++)
            if (c.Has(i)) c.RequireType(i, c.Type(0));
        var g = GemmShape.Read(c.Node, c.Shape(0), c.Shape(1), c.Has(GemmShape.C) ? c.Shape(GemmShape.C) : null);
        if (ReadActivation(c.Node).Kind != ActivationKind.None && c.Type(0) != DataType.Float32)
            throw c.Error($"an activation of type {c.Type(0).OnnxName()} is not supported; supported: float");
        if (!c.Type(0).IsFloatingPoint() && (!float.IsInteger(g.Alpha) || !float.IsInteger(g.Beta)))
            throw c.Error($"alpha {g.Alpha} and beta {g.Beta} are not supported with {c.Type(0).OnnxName()}; supported: whole numbers");
        c.Output(0, c.Type(0), new Shape(g.M, g.N));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = GemmShape.Read(c.Node, c.Shape(0), c.Shape(1), c.Has(GemmShape.C) ? c.Shape(GemmShape.C) : null);
        if (c.Type(0) != DataType.Float32) return Plain(c.Type(0), g, c.Has(GemmShape.C) ? c.Shape(GemmShape.C) : null);
        var activation = ReadActivation(c.Node);
        var left = new GemmLeft(g);
        if (c.Constant(1) is not { } b) return new DynamicGemmExecutor(c, g, left, GemmAddend.Of(c, g), activation);

        float[] bias = ConstantBias(c, g);
        var addend = bias.Length > 0 ? null : GemmAddend.Of(c, g);
        if (c.Stored(1, g.TransB) is { } stored)
        {
            if (g.Alpha != 1) stored = stored.Scaled([g.Alpha], g.TransB);
            return new GemmExecutor(c.Kernels.Dense.PrepareMatMulF32(g.M, stored.Right(g.TransB), bias, activation, c.Packed), g, left, addend);
        }

        var weights = g.TransB ? b : MatMulOperator.Transposed(b, g.K, g.N);
        float[]? scaled = g.Alpha == 1 ? null : Array.ConvertAll(weights.AsSpan<float>().ToArray(), w => g.Alpha * w);
        var geometry = ConvGeometry.MatMul(g.M, g.K, g.N);
        var kernel = c.Kernels.Dense.PrepareConvF32(geometry, scaled ?? weights.AsSpan<float>(), bias, activation, c.Packed);
        return new GemmExecutor(kernel, g, left, addend);
    }

    /// <summary>What is applied last; fails if that is not supported.</summary>
    protected virtual Activation ReadActivation(Node node) => FusedActivation.Read(node.Attributes);

    private static Executor Plain(DataType type, GemmShape g, Shape? c) => type switch
    {
        DataType.Float64 => new PlainGemmExecutor<double>(g, c),
        DataType.Int32 => new PlainGemmExecutor<int>(g, c),
        DataType.UInt32 => new PlainGemmExecutor<uint>(g, c),
        DataType.Int64 => new PlainGemmExecutor<long>(g, c),
        _ => new PlainGemmExecutor<ulong>(g, c),
    };

    /// <summary><c>Beta · C</c> for each column, where C is known and the same for all rows; else empty.</summary>
    private static float[] ConstantBias(PrepareContext c, in GemmShape g)
    {
        if (!c.Has(GemmShape.C) || g.Beta == 0) return [];
        var s = c.Shape(GemmShape.C);
        if (s.Rank == 2 && s[0] != 1) return [];
        if (c.Constant(GemmShape.C) is not { } constant) return [];
        var values = constant.AsSpan<float>();
        var bias = new float[g.N];
        for (int j = 0; j < bias.Length; j++) bias[j] = g.Beta * values[values.Length == 1 ? 0 : j];
        return bias;
    }
}
