using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Lookup;

/// <summary>
/// edge.Lookup, which the QDQ pass makes: any function of 8-bit elements. Inputs: x (uint8 or int8), and a constant table
/// of 256 elements of uint8 or int8, indexed by the bits of x. The output has the shape of x and the type of the table.
/// </summary>
internal sealed class LookupOperator() : Operator("Lookup", OperatorCatalog.Internal)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.UInt8, DataType.Int8);
        c.RequireType(1, DataType.UInt8, DataType.Int8);
        if (c.Shape(1).Count != ByteTable.Entries) throw c.Error($"the table has {c.Shape(1).Count} entries; it must have {ByteTable.Entries}");
        c.Output(0, c.Type(1), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c) => new LookupExecutor(c.Kernels.Elementwise.Lookup, c.OutputShape().Count);
}

internal sealed unsafe class LookupExecutor(ByteLookup kernel, nint count) : Executor, IRowExecutor
{
    public override string Kernel => kernel.Name;

    public nint Rows => 0;

    public long Cycles => count / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint rows) => count > 0 && count % rows == 0 ? RowReach.Same : RowReach.None;

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint taken)
    {
        nint row = count / rows, at = first * row;
        kernel.Run(c.Input<byte>(1), c.Input<byte>(0) + at, c.Output<byte>(0) + at, taken * row, c.Pool);
    }

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(1), c.Input<byte>(0), c.Output<byte>(0), count, c.Pool);
}
