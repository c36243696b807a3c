using Edge.Kernels.Reduction;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Reduce;

/// <summary>
/// ReduceSum, ReduceMean, …: axes are an attribute at first and an input later; none at all means every axis, or, with
/// <c>noop_with_empty_axes</c>, that nothing is reduced.
/// </summary>
internal sealed class ReduceOperator(string opType, ReduceFunction function, int axesAreInputSince = 18) : Operator(opType, "", 1, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, [.. Elementwise.Types.Where(t => Elementwise.Set.Reduction.Reduce(function, t, Shape.Scalar, []) is not null)]);
        bool keep = c.Attributes.Int("keepdims", 1) != 0;
        if (!TryAxes(c.Node, c.Shape(0).Rank, out int[] axes))
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        c.Output(0, c.Type(0), Result(c.Shape(0), axes, keep));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (node.Attributes.Int("keepdims", 1) == 0 || !TryAxes(node, rank, out int[] axes)) return false;
        if (axes.Length == 0 || axes.Length == rank) return true;
        node.SetIntList(graph, "axes", axesAreInputSince, 1, [.. axes.Select(a => (long)ChannelsLastAxis(a, rank)).Order()]);
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        TryAxes(c.Node, c.Shape(0).Rank, out int[] axes);
        return new ReduceExecutor(c.Kernels.Reduction.Reduce(function, c.Type(0), c.Shape(0), axes)!);
    }

    /// <summary>The shape that is left; reduced axes become 1 or disappear.</summary>
    public static Shape Result(Shape shape, int[] axes, bool keep) =>
        new([.. Enumerable.Range(0, shape.Rank).Where(a => keep || !axes.Contains(a)).Select(a => axes.Contains(a) ? 1 : shape[a])]);

    /// <summary>False if only a run brings the axes.</summary>
    private bool TryAxes(Node node, int rank, out int[] axes)
    {
        axes = [];
        bool none = node.Attributes.Int("noop_with_empty_axes", 0) != 0;
        if (!node.TryIntList("axes", axesAreInputSince, 1, out var list)) return false;
        axes = list is { Length: > 0 } ? [.. node.AxisList(list, rank).Order()] : none ? [] : [.. Enumerable.Range(0, rank)];
        return true;
    }
}

internal sealed unsafe class ReduceExecutor(ReduceKernel kernel) : Executor
{
    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Output<byte>(0), c.Pool);
}
