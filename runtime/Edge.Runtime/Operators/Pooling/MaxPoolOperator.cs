using Edge.Kernels.Pooling;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>MaxPool, GlobalMaxPool, and com.microsoft NhwcMaxPool, whose tensors are channels-last, of float32, uint8 and int8.</summary>
internal sealed class MaxPoolOperator(string opType, bool global, string domain = "", int maxOpset = OperatorCatalog.LatestOpset) : Operator(opType, domain, 1, maxOpset)
{
    public override LayoutRole Layout => Domain.Length == 0 ? LayoutRole.ChannelsLast : LayoutRole.Opaque;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.UInt8, DataType.Int8);
        var g = Geometry(c.Node, c.Shape(0));
        if (!global && c.Attributes.Int("storage_order", 0) is not (0 or 1) and var order) throw c.Error($"storage_order {order} is not defined; defined: 0, 1");
        var y = PoolAttributes.OutputShape(c.Node, c.Shape(0), g);
        c.Output(0, c.Type(0), y);
        c.Output(1, DataType.Int64, y);
    }

    /// <summary>Indices count in the layout of the model.</summary>
    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank) =>
        !WantsIndices(node) && base.ToChannelsLast(node, graph, rank);

    public override Executor Prepare(PrepareContext c)
    {
        var g = Geometry(c.Node, c.Shape(0));
        if (WantsIndices(c.Node)) return new MaxPoolIndicesExecutor(g, c.Type(0), c.Attributes.Int("storage_order", 0) != 0);
        return new PoolExecutor(c.Type(0) == DataType.Float32 ? c.Kernels.Pooling.Float(PoolFunction.Max, g) : c.Kernels.Pooling.MaxOfBytes(c.Type(0), g), g, c.Type(0).Size());
    }

    private static bool WantsIndices(Node node) => node.Outputs.Count > 1 && node.Outputs[1] is not null;

    private PoolGeometry Geometry(Node node, Shape x) => global ? PoolAttributes.Global(node, x) : PoolAttributes.Read(node, x);
}
