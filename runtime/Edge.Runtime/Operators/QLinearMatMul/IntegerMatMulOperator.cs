using Edge.Kernels.Dense;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearMatMul;

/// <summary>
/// QLinearMatMul and MatMulInteger. Scales and zero points are one number, or one a row of A, one a column of B. A pass
/// may narrow the output's range by the attributes <c>low</c> and <c>high</c>.
/// </summary>
internal sealed class IntegerMatMulOperator(string opType, IntegerMatMulInputs inputs) : Operator(opType, "", 10, OperatorCatalog.LatestOpset)
{
    private readonly IntegerMatMulInputs _in = inputs;

    public override void Infer(InferContext c)
    {
        c.RequireType(_in.A, DataType.UInt8, DataType.Int8);
        c.RequireType(_in.B, DataType.UInt8, DataType.Int8);
        c.RequireSameType(_in.A, _in.AZeroPoint);
        c.RequireSameType(_in.B, _in.BZeroPoint);
        var shape = MatMulShape.Read(c.Node, c.Shape(_in.A), c.Shape(_in.B));
        int[] rows = Spread(c.Shape(_in.A), row: true), columns = Spread(c.Shape(_in.B), row: false);
        RequireSpread(c, _in.AZeroPoint, rows, "a_zero_point");
        RequireSpread(c, _in.BZeroPoint, columns, "b_zero_point");
        var type = DataType.Int32;
        if (_in.YScale >= 0)
        {
            foreach (int scale in (ReadOnlySpan<int>)[_in.AScale, _in.BScale, _in.YScale]) c.RequireType(scale, DataType.Float32);
            RequireSpread(c, _in.AScale, rows, "a_scale");
            RequireSpread(c, _in.BScale, columns, "b_scale");
            c.RequirePerChannel(_in.YScale, 1, "y_scale");
            c.RequirePerChannel(_in.YZeroPoint, 1, "y_zero_point");
            c.RequireType(_in.YZeroPoint, DataType.UInt8, DataType.Int8);
            type = c.Type(_in.YZeroPoint);
            Quantized.Range(c.Attributes);
        }

        c.Output(0, type, shape.Output);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shape = MatMulShape.Read(c.Node, c.Shape(_in.A), c.Shape(_in.B));
        bool perRow = Count(c, _in.AZeroPoint) > 1 || Count(c, _in.AScale) > 1;
        bool knownB = shape.B.Length == 1 && c.IsKnown(_in.B) && c.IsKnown(_in.BZeroPoint);
        bool rest = c.IsKnown(_in.AScale) && c.IsKnown(_in.BScale) && c.IsKnown(_in.YScale) && c.IsKnown(_in.YZeroPoint);
        bool corrected = c.OutputType() == DataType.Int32 && (perRow || !c.IsKnown(_in.AZeroPoint));
        if (shape.Macs == 0 || !knownB || !rest || c.Constant(_in.B) is not { } b || !(corrected || (!perRow && c.IsKnown(_in.AZeroPoint))))
            return new DirectIntegerMatMulExecutor(c, shape, _in);

        var transposed = MatMulOperator.Transposed(b, shape.K, shape.N);
        int[] bZeroPoints = c.Has(_in.BZeroPoint) ? Quantized.Integers(c.Constant(_in.BZeroPoint)!) : [];
        int aZeroPoint = corrected || !c.Has(_in.AZeroPoint) ? 0 : Quantized.Integers(c.Constant(_in.AZeroPoint)!)[0];
        bool signed = c.Type(_in.A) == DataType.Int8;
        var g = ConvGeometry.MatMul(shape.M, shape.K, shape.N);
        var kernel = c.Kernels.Dense.PrepareConvInt8(g, new Int8Weights(transposed.Bytes, b.Type == DataType.Int8, bZeroPoints), [], signed, aZeroPoint, Output(c), c.Packed);
        var correction = corrected ? new RowCorrection(shape, transposed, bZeroPoints, c.Shape(_in.AZeroPoint).Count) : null;
        return new IntegerMatMulExecutor(kernel, shape.Macs, correction, _in.AZeroPoint, signed);
    }

    /// <summary>The counts that scales may have: one, one a row (column) of the last matrix, or one a row (column) of all.</summary>
    private static int[] Spread(Shape operand, bool row)
    {
        if (operand.Rank == 1) return [1];
        int last = operand[row ? operand.Rank - 2 : operand.Rank - 1];
        return [1, last, operand.Product(0, operand.Rank - 2) * last];
    }

    private static void RequireSpread(InferContext c, int input, int[] counts, string what)
    {
        if (input < 0 || !c.Has(input) || counts.Contains(c.Shape(input).Count)) return;
        throw c.Error($"{what} of shape {c.Shape(input)} is not supported; supported: {string.Join(", ", counts.Distinct())} elements");
    }

    private static int Count(PrepareContext c, int input) => input >= 0 && c.Has(input) ? c.Shape(input).Count : 0;

    private Int8Output Output(PrepareContext c)
    {
        if (_in.YScale < 0) return new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0);
        float a = Quantized.Scales(c.Constant(_in.AScale)!)[0], y = Quantized.Scales(c.Constant(_in.YScale)!)[0];
        float[] scale = Array.ConvertAll(Quantized.Scales(c.Constant(_in.BScale)!), b => a * b / y);
        var (low, high) = Quantized.Range(c.Attributes);
        var kind = c.OutputType() == DataType.Int8 ? Int8OutputKind.Int8 : Int8OutputKind.UInt8;
        return new Int8Output(kind, scale, Quantized.Integers(c.Constant(_in.YZeroPoint)!)[0], low, high);
    }
}
