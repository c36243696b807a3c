using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Constants;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Shapes;

/// <summary>Shape: the dimensions of the input from <c>start</c> to <c>end</c> (opset 15 on), as int64.</summary>
internal sealed class ShapeOperator() : Operator("Shape", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Keeps;

    public override void Infer(InferContext c) => c.Output(0, DataType.Int64, new Shape(Dims(c.Node, c.Shape(0)).Length));

    public override Tensor? Fold(Node node) => Known(node);

    public override Executor Prepare(PrepareContext c) => new KnownExecutor("shape", Known(c.Node)!);

    /// <summary>Null while the input's shape is unknown.</summary>
    private static Tensor? Known(Node node) =>
        node.Input(0)?.Shape is { } x && Dims(node, x) is { } dims ? Tensor.Create<long>(new Shape(dims.Length), dims) : null;

    private static long[] Dims(Node node, Shape x)
    {
        long start = 0, end = x.Rank;
        if (node.Opset >= 15)
        {
            start = node.Attributes.Int("start", 0);
            end = node.Attributes.Int("end", x.Rank);
        }

        int first = Clamp(start, x.Rank), last = Clamp(end, x.Rank);
        long[] dims = [.. x.ToArray().Select(d => (long)d)];
        return first < last ? dims[first..last] : [];
    }

    private static int Clamp(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
}
