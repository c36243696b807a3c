using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Operators.DepthToSpace;

/// <summary>
/// DepthToSpace: blocks of <c>blocksize²</c> channels become squares of pixels. Mode DCR takes the channel as
/// (row, column, depth), CRD as (depth, row, column).
/// </summary>
internal sealed class DepthToSpaceOperator() : Operator("DepthToSpace", "", 1, OperatorCatalog.LatestOpset)
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
        int b = BlockSize(c.Node);
        bool last = Conv.ConvAttributes.ChannelsLast(c.Node);
        ColumnRowDepth(c.Node);
        int channels = x[last ? 3 : 1];
        if (channels % (b * b) != 0) throw c.Error($"{channels} channels do not divide into blocks of {b}×{b}");
        c.Output(0, c.Type(0), last
            ? new Shape(x[0], x[1] * b, x[2] * b, channels / (b * b))
            : new Shape(x[0], channels / (b * b), x[2] * b, x[3] * b));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int b = BlockSize(c.Node);
        bool crd = ColumnRowDepth(c.Node);
        bool last = Conv.ConvAttributes.ChannelsLast(c.Node);
        int depth = x[last ? 3 : 1] / (b * b);
        var (dims, permutation) = (last, crd) switch
        {
            (false, false) => (new[] { x[0], b, b, depth, x[2], x[3] }, new[] { 0, 3, 4, 1, 5, 2 }),
            (false, true) => ([x[0], depth, b, b, x[2], x[3]], [0, 1, 4, 2, 5, 3]),
            (true, false) => ([x[0], x[1], x[2], b, b, depth], [0, 1, 3, 2, 4, 5]),
            (true, true) => ([x[0], x[1], x[2], depth, b, b], [0, 1, 4, 2, 5, 3]),
        };
        return new MoveExecutor(StridedCopy.Transpose(dims, permutation, c.Type(0).Size()));
    }

    /// <summary>The attribute <c>blocksize</c>.</summary>
    public static int BlockSize(Node node)
    {
        long b = node.Attributes.Int("blocksize");
        if (b is < 1 or > 1024) throw node.Error($"blocksize {b} is not supported; supported: 1 to 1024");
        return (int)b;
    }

    private static bool ColumnRowDepth(Node node) => node.Attributes.String("mode", "DCR") switch
    {
        "DCR" => false,
        "CRD" when node.Opset >= 11 => true,
        var mode => throw node.Error($"mode '{mode}' is not supported; supported: DCR, and CRD from opset 11 on"),
    };
}
