using Edge.Kernels.Pooling;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>
/// QLinearAveragePool and QLinearGlobalAveragePool of com.microsoft, whose attribute <c>channels_last</c> is ONNX
/// Runtime's own. Inputs: x, x_scale, x_zero_point, y_scale, y_zero_point.
/// </summary>
internal sealed class QLinearPoolOperator(string opType, bool global) : Operator(opType, OperatorCatalog.Microsoft)
{
    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.UInt8, DataType.Int8);
        c.RequireParameters(1, 2, c.Type(0));
        c.RequireParameters(3, 4, c.Type(0));
        if (!global) AveragePoolOperator.Function(c.Node);
        var g = Geometry(c.Node, c.Shape(0));
        if (g.Taps > int.MaxValue / 256 || g.Width.Kernel > ushort.MaxValue) throw c.Error($"windows of {g.Taps} elements are not supported; supported: up to {int.MaxValue / 256}");
        c.Output(0, c.Type(0), PoolAttributes.OutputShape(c.Node, c.Shape(0), g));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var function = global ? PoolFunction.Average : AveragePoolOperator.Function(c.Node);
        return new QuantizedPoolExecutor(c.Kernels.Pooling.AverageOfBytes(c.Type(0), function, Geometry(c.Node, c.Shape(0))), c.Type(0), Geometry(c.Node, c.Shape(0)));
    }

    private PoolGeometry Geometry(Node node, Shape x) => global ? PoolAttributes.Global(node, x) : PoolAttributes.Read(node, x);
}
