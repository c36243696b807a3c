using Edge.Kernels.Elementwise;
using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinear;

/// <summary>
/// QLinearAdd and QLinearMul of com.microsoft, broadcasting. Inputs: A, A_scale, A_zero_point, B, B_scale,
/// B_zero_point, C_scale, C_zero_point; zero points may be left out.
/// </summary>
internal sealed class QLinearBinaryOperator(string opType, BinaryFunction function) : Operator(opType, OperatorCatalog.Microsoft)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input is 0 or 3;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.UInt8, DataType.Int8);
        c.RequireType(3, c.Type(0));
        c.RequireParameters(1, 2, c.Type(0));
        c.RequireParameters(4, 5, c.Type(0));
        c.RequireParameters(6, 7, c.Type(0));
        if (!Broadcast.TryShape([c.Shape(0), c.Shape(3)], out var y)) throw c.Error($"shapes {c.Shape(0)} and {c.Shape(3)} do not broadcast");
        c.Output(0, c.Type(0), y);
    }

    public override bool CanOverwrite(Node node, int input) => input is 0 or 3 && Elementwise.IsAlike(node, input);

    public override Executor Prepare(PrepareContext c) =>
        new QLinearBinaryExecutor(c.Kernels.Quantize.Binary(function, c.Type(0)), Broadcast.To(c.OutputShape(), c.Shape(0), c.Shape(3)), c.Type(0));
}

internal sealed unsafe class QLinearBinaryExecutor(QuantizedBinary kernel, Broadcast plan, DataType type) : Executor, IRowExecutor
{
    public override string Kernel => kernel.Name;

    public nint Rows => 0;

    public long Cycles => plan.Count / RowCost.QuantizedPerCycle;

    public RowReach ReachOf(nint rows) => plan.IsDense && plan.Count % rows == 0 ? RowReach.Same : RowReach.None;

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint count)
    {
        nint row = plan.Count / rows, at = first * row;
        kernel.RunDense(c.Input<byte>(0) + at, c.Input<byte>(3) + at, c.Output<byte>(0) + at, count * row, Parameters(c));
    }

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Input<byte>(3), c.Output<byte>(0), plan, Parameters(c), c.Pool);

    private QuantizedBinaryParameters Parameters(in StepContext c) => new(
        Integers.Parameters(type, c.Input<float>(1), c.Input<byte>(2)),
        Integers.Parameters(type, c.Input<float>(4), c.Input<byte>(5)),
        Integers.Parameters(type, c.Input<float>(6), c.Input<byte>(7)));
}
