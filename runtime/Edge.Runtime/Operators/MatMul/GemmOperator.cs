using Edge.Kernels.Dense;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>Gemm (opset 7 on, where C broadcasts by itself). A pass may add <see cref="FusedActivation"/>.</summary>
internal sealed class GemmOperator() : Operator("Gemm", "", 7, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        for (int i = 0; i < c.InputCount; i++)
            if (c.Has(i)) c.RequireType(i, DataType.Float32);
        var g = GemmShape.Read(c.Node, c.Shape(0), c.Shape(1), c.Has(GemmShape.C) ? c.Shape(GemmShape.C) : null);
        FusedActivation.Read(c.Attributes);
        c.Output(0, DataType.Float32, new Shape(g.M, g.N));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = GemmShape.Read(c.Node, c.Shape(0), c.Shape(1), c.Has(GemmShape.C) ? c.Shape(GemmShape.C) : null);
        var activation = FusedActivation.Read(c.Attributes);
        var left = new GemmLeft(g);
        if (c.Constant(1) is not { } b) return new DynamicGemmExecutor(c, g, left, GemmAddend.Of(c, g), activation);

        float[] bias = ConstantBias(c, g);
        var addend = bias.Length > 0 ? null : GemmAddend.Of(c, g);
        var weights = g.TransB ? b : MatMulOperator.Transposed(b, g.K, g.N);
        float[]? scaled = g.Alpha == 1 ? null : Array.ConvertAll(weights.AsSpan<float>().ToArray(), w => g.Alpha * w);
        var geometry = ConvGeometry.MatMul(g.M, g.K, g.N);
        var kernel = c.Kernels.Dense.PrepareConvF32(geometry, scaled ?? weights.AsSpan<float>(), bias, activation);
        return new GemmExecutor(kernel, g, left, addend);
    }

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
