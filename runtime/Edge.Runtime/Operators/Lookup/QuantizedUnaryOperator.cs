using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Quantization;
using Edge.Runtime.Operators.Unary;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Lookup;

/// <summary>
/// A function from one quantized tensor to another, by table: QLinearSigmoid, QLinearLeakyRelu, and edge.Requantize,
/// which changes scale, zero point and type only. Inputs: x, x_scale, x_zero_point, y_scale, y_zero_point.
/// </summary>
/// <param name="opType">The name in the model.</param>
/// <param name="domain">The ONNX domain.</param>
/// <param name="function">Null for the identity.</param>
/// <param name="alpha">The attribute that is the function's α.</param>
internal sealed class QuantizedUnaryOperator(string opType, string domain, UnaryFunction? function = null, Parameter? alpha = null) : Operator(opType, domain)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        alpha?.Read(c.Attributes);
        c.RequireType(0, DataType.UInt8, DataType.Int8);
        c.RequireParameters(1, 2, c.Type(0));
        var y = c.Has(4) ? c.Type(4) : c.Type(0);
        if (Domain == OperatorCatalog.Internal) c.RequireType(4, DataType.UInt8, DataType.Int8);
        c.RequireParameters(3, 4, Domain == OperatorCatalog.Internal ? y : c.Type(0));
        c.Output(0, y, c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        var f = function is { } u ? c.Kernels.Elementwise.Unary(u, DataType.Float32, alpha?.Read(c.Attributes) ?? 0) : null;
        var table = new ByteTable(c.Kernels, c.Type(0), c.OutputType(), f);
        return new TableExecutor(table, c.Type(0), c.OutputType(), c.OutputShape().Count, KnownTable(c, table));
    }

    /// <summary>The table, if scales and zero points are known now.</summary>
    private static unsafe Tensor? KnownTable(PrepareContext c, ByteTable table)
    {
        for (int i = 1; i < c.Node.Inputs.Count; i++)
            if (c.Has(i) && c.Constant(i) is null) return null;
        var known = Tensor.Create<byte>(new Shape(ByteTable.Entries));
        byte* scratch = stackalloc byte[ByteTable.ScratchBytes];
        table.Fill(known.Data, Parameters(c.Type(0), 1), Parameters(c.OutputType(), 3), scratch);
        return known;

        QuantizationParameters Parameters(DataType type, int i) => Integers.Parameters(type, (float*)c.Constant(i)!.Data, c.Has(i + 1) ? c.Constant(i + 1)!.Data : null);
    }
}

/// <summary>A lookup in a table that is known, or made from the scales that a run brings.</summary>
internal sealed unsafe class TableExecutor(ByteTable table, DataType x, DataType y, nint count, Tensor? known) : Executor
{
    public override string Kernel => $"{table.Lookup.Name} ({table.Name})";

    public override nint ScratchBytes => known is null ? ByteTable.Entries + ByteTable.ScratchBytes : 0;

    public override void Execute(in StepContext c)
    {
        byte* entries = known is null ? c.Scratch : known.Data;
        if (known is null)
        {
            table.Fill(entries, Integers.Parameters(x, c.Input<float>(1), c.Input<byte>(2)), Integers.Parameters(y, c.Input<float>(3), c.Input<byte>(4)), c.Scratch + ByteTable.Entries);
        }

        table.Lookup.Run(entries, c.Input<byte>(0), c.Output<byte>(0), count, c.Pool);
    }
}
