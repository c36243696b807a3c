using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Binary;

/// <summary>An operator that applies a <see cref="BinaryFunction"/> to two tensors of one type, broadcast as in numpy.</summary>
/// <param name="opType">The name in the model.</param>
/// <param name="function">The function.</param>
/// <param name="minOpset">First version that is implemented.</param>
/// <param name="types">Element types where the function has more of them than the operator; null for all of the function's.</param>
internal class BinaryOperator(string opType, BinaryFunction function, int minOpset = 7, DataType[]? types = null)
    : Operator(opType, "", minOpset, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        // Passes take the other input of two.
        if (c.InputCount > 2) throw c.Error($"{c.InputCount} inputs are given; the operator takes 2");
        var f = Function(c.Node);
        c.RequireType(0, types ?? [.. Elementwise.Types.Where(t => Elementwise.Definition.Binary(f, t) is not null || Compares(f, t))]);
        c.RequireType(1, c.Type(0));
        c.Output(0, f >= BinaryFunction.Equal ? DataType.Bool : c.Type(0), OutputShape(c));
    }

    public override bool CanOverwrite(Node node, int input) => Elementwise.IsAlike(node, input);

    public override Executor Prepare(PrepareContext c)
    {
        var plan = Broadcast.To(c.OutputShape(), c.Shape(0), c.Shape(1));
        return new BinaryExecutor(c.Kernels.Elementwise.Binary(Function(c.Node), Computed(c.Type(0)))!, plan, c.Type(0).Size(), c.OutputType().Size());
    }

    /// <summary>The function that the node asks for; fails if there is none.</summary>
    protected virtual BinaryFunction Function(Node node) => function;

    /// <summary>Strings are equal if their handles are; they have no order.</summary>
    private static bool Compares(BinaryFunction function, DataType type) => type == DataType.String && function == BinaryFunction.Equal;

    private static DataType Computed(DataType type) => type == DataType.String ? DataType.Int64 : type;

    protected virtual Shape OutputShape(InferContext c) => c.BroadcastShape(0, 2);
}

/// <summary>A function of two tensors.</summary>
/// <param name="kernel">The function.</param>
/// <param name="plan">How they are paired.</param>
/// <param name="inBytes">Bytes of an element of either.</param>
/// <param name="outBytes">Bytes of an element of the result.</param>
internal sealed unsafe class BinaryExecutor(BinaryKernel kernel, Broadcast plan, int inBytes, int outBytes) : Executor, IRowExecutor
{
    public override string Kernel => kernel.Name;

    public nint Rows => 0;

    public long Cycles => plan.Count * inBytes / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint rows) => plan.IsDense && plan.Count % rows == 0 ? RowReach.Same : RowReach.None;

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint count)
    {
        nint row = plan.Count / rows, at = first * row;
        kernel.RunDense(c.Input<byte>(0) + at * inBytes, c.Input<byte>(1) + at * inBytes, c.Output<byte>(0) + at * outBytes, count * row);
    }

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Input<byte>(1), c.Output<byte>(0), plan, c.Pool);
}
