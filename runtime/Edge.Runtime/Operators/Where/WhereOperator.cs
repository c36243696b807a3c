using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Where;

/// <summary>Where: elements of two tensors of any one type, chosen by a condition; all three broadcast.</summary>
internal sealed class WhereOperator() : Operator("Where", "", 9, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Bool);
        c.RequireFixedSize(1);
        c.RequireType(2, c.Type(1));
        c.Output(0, c.Type(1), c.BroadcastShape(0, 3));
    }

    public override bool CanOverwrite(Node node, int input) => Elementwise.IsAlike(node, input);

    public override Executor Prepare(PrepareContext c) =>
        new WhereExecutor(SelectKernel.Of(c.Type(1).Size()), Broadcast.To(c.OutputShape(), c.Shape(0), c.Shape(1), c.Shape(2)));
}

internal sealed unsafe class WhereExecutor(SelectKernel kernel, Broadcast plan) : Executor
{
    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) =>
        kernel.Run(c.Input<byte>(0), c.Input<byte>(1), c.Input<byte>(2), c.Output<byte>(0), plan, c.Pool);
}
