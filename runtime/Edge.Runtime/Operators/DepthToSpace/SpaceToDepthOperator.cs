using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Operators.DepthToSpace;

/// <summary>SpaceToDepth: squares of <c>blocksize²</c> pixels become channels, ordered (row, column, depth).</summary>
internal sealed class SpaceToDepthOperator() : Operator("SpaceToDepth", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (rank != 4) return false;
        node.Attributes.Set("channels_last", 1L);
        return true;
    }

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireRank(0, 4, 4);
        var x = c.Shape(0);
        int b = DepthToSpaceOperator.BlockSize(c.Node);
        bool last = Conv.ConvAttributes.ChannelsLast(c.Node);
        var (channels, height, width) = last ? (x[3], x[1], x[2]) : (x[1], x[2], x[3]);
        if (height % b != 0 || width % b != 0) throw c.Error($"{height}×{width} pixels do not divide into blocks of {b}×{b}");
        c.Output(0, c.Type(0), last
            ? new Shape(x[0], height / b, width / b, channels * b * b)
            : new Shape(x[0], channels * b * b, height / b, width / b));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int b = DepthToSpaceOperator.BlockSize(c.Node);
        var (dims, permutation) = Conv.ConvAttributes.ChannelsLast(c.Node)
            ? (new[] { x[0], x[1] / b, b, x[2] / b, b, x[3] }, new[] { 0, 1, 3, 2, 4, 5 })
            : ([x[0], x[1], x[2] / b, b, x[3] / b, b], [0, 3, 5, 1, 2, 4]);
        return new MoveExecutor(StridedCopy.Transpose(dims, permutation, c.Type(0).Size()));
    }
}
