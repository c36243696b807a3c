using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Constants;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Shapes;

/// <summary>Size: the number of elements of the input, as an int64 scalar.</summary>
internal sealed class SizeOperator() : Operator("Size", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Keeps;

    public override void Infer(InferContext c)
    {
        _ = c.Type(0);
        c.Output(0, DataType.Int64, Shape.Scalar);
    }

    public override Tensor? Fold(Node node) => Count(node);

    public override Executor Prepare(PrepareContext c) => new KnownExecutor("size", Count(c.Node)!);

    /// <summary>Null while the input's shape is unknown.</summary>
    private static Tensor? Count(Node node) =>
        node.Input(0)?.Shape is { } x ? Tensor.Create<long>(Shape.Scalar, [x.Count]) : null;
}
