using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearMatMul;

/// <summary>
/// com.microsoft QGemm: <c>Y = alpha · A' · B' + C</c> on integers, C being int32 at <c>alpha · a_scale · b_scale</c>. Without
/// y_scale the result is float32. Everything but A must be known when the plan is built.
/// </summary>
internal sealed class QGemmOperator() : Operator("QGemm", OperatorCatalog.Microsoft, 1, 1)
{
    private const int A = 0, AScale = 1, AZeroPoint = 2, B = 3, BScale = 4, BZeroPoint = 5, C = 6, YScale = 7, YZeroPoint = 8;

    public override void Infer(InferContext c)
    {
        c.RequireType(A, DataType.UInt8, DataType.Int8);
        c.RequireType(B, DataType.UInt8, DataType.Int8);
        c.RequireSameType(A, AZeroPoint);
        c.RequireSameType(B, BZeroPoint);
        if (c.Attributes.Int("transA", 0) != 0) throw c.Error("transA 1 is not supported; supported: 0");
        var g = GemmShape.Read(c.Node, c.Shape(A), c.Shape(B), null);
        for (int i = AScale; i <= YZeroPoint; i++)
            if (c.Has(i) && c.Constant(i) is null) throw c.Error($"input {i} must be a constant; only A may come with a run");
        foreach (int scale in (ReadOnlySpan<int>)[AScale, BScale, YScale])
            if (scale != YScale || c.Has(scale)) c.RequireType(scale, DataType.Float32);
        c.RequirePerChannel(AScale, 1, "a_scale");
        c.RequirePerChannel(AZeroPoint, 1, "a_zero_point");
        c.RequirePerChannel(BScale, g.N, "b_scale");
        c.RequirePerChannel(BZeroPoint, g.N, "b_zero_point");
        c.RequirePerChannel(YScale, 1, "y_scale");
        c.RequirePerChannel(YZeroPoint, 1, "y_zero_point");
        if (c.Has(C))
        {
            c.RequireType(C, DataType.Int32);
            if (c.Shape(C).Count != 1 && c.Shape(C) != new Shape(g.N) && c.Shape(C) != new Shape(1, g.N))
                throw c.Error($"C {c.Shape(C)} is not supported; supported: one number, [{g.N}] or [1,{g.N}]");
        }

        if (c.Has(YScale) != c.Has(YZeroPoint)) throw c.Error("y_scale and y_zero_point must be given together");
        if (c.Has(YZeroPoint)) c.RequireType(YZeroPoint, DataType.UInt8, DataType.Int8);
        c.Output(0, c.Has(YZeroPoint) ? c.Type(YZeroPoint) : DataType.Float32, new Shape(g.M, g.N));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = GemmShape.Read(c.Node, c.Shape(A), c.Shape(B), null);
        if (g.M == 0 || g.N == 0) return new Constants.FillExecutor(Tensor.Create<byte>(new Shape(1)), 0);
        var b = c.Constant(B)!;
        var weights = g.TransB ? b : MatMulOperator.Transposed(b, g.K, g.N);
        int[] bZeroPoints = c.Has(BZeroPoint) ? Quantized.Integers(c.Constant(BZeroPoint)!) : [];
        int aZeroPoint = c.Has(AZeroPoint) ? Quantized.Integers(c.Constant(AZeroPoint)!)[0] : 0;
        bool signed = c.Type(A) == DataType.Int8;
        var kernel = c.Kernels.Dense.PrepareConvInt8(ConvGeometry.MatMul(g.M, g.K, g.N),
            new Int8Weights(weights.Bytes, b.Type == DataType.Int8, bZeroPoints), Bias(c, g.N), signed, aZeroPoint, Output(c, g.Alpha), c.Packed);
        return new IntegerMatMulExecutor(kernel, (long)g.M * g.K * g.N, null, -1, signed);
    }

    private static int[] Bias(PrepareContext c, int columns)
    {
        if (!c.Has(C)) return [];
        int[] bias = Quantized.Integers(c.Constant(C)!);
        return bias.Length == columns ? bias : [.. Enumerable.Repeat(bias[0], columns)];
    }

    private static Int8Output Output(PrepareContext c, float alpha)
    {
        float a = Quantized.Scales(c.Constant(AScale)!)[0];
        float[] scale = Array.ConvertAll(Quantized.Scales(c.Constant(BScale)!), b => alpha * a * b);
        if (!c.Has(YScale)) return new Int8Output(Int8OutputKind.Float32, scale, 0, 0, 0);
        float y = Quantized.Scales(c.Constant(YScale)!)[0];
        scale = Array.ConvertAll(scale, s => s / y);
        bool signed = c.OutputType() == DataType.Int8;
        int zeroPoint = Quantized.Integers(c.Constant(YZeroPoint)!)[0];
        return signed
            ? new Int8Output(Int8OutputKind.Int8, scale, zeroPoint, sbyte.MinValue, sbyte.MaxValue)
            : new Int8Output(Int8OutputKind.UInt8, scale, zeroPoint, byte.MinValue, byte.MaxValue);
    }
}
