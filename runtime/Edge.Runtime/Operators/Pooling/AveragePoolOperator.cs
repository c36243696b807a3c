using Edge.Kernels.Pooling;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>AveragePool and GlobalAveragePool of float32.</summary>
internal sealed class AveragePoolOperator(string opType, bool global) : Operator(opType, "", 1, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        _ = global ? PoolFunction.Average : Function(c.Node);
        c.Output(0, DataType.Float32, PoolAttributes.OutputShape(c.Node, c.Shape(0), Geometry(c.Node, c.Shape(0))));
    }

    public override Executor Prepare(PrepareContext c) =>
        new PoolExecutor(c.Kernels.Pooling.Float(global ? PoolFunction.Average : Function(c.Node), Geometry(c.Node, c.Shape(0))), Geometry(c.Node, c.Shape(0)), sizeof(float));

    /// <summary>Whether padding counts.</summary>
    internal static PoolFunction Function(Node node) =>
        node.Attributes.Int("count_include_pad", 0) != 0 ? PoolFunction.AverageWithPadding : PoolFunction.Average;

    private PoolGeometry Geometry(Node node, Shape x) => global ? PoolAttributes.Global(node, x) : PoolAttributes.Read(node, x);
}
