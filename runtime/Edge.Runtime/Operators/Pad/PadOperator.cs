using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pad;

/// <summary>Pad (opset 2 on) with a constant, the edge, a reflection or, from opset 19 on, the other end.</summary>
internal sealed class PadOperator() : Operator("Pad", "", 2, OperatorCatalog.LatestOpset)
{
    /// <summary>The attribute <c>value</c> of old versions is a float32.</summary>
    public override HalfRole Halves(Node node) => node.Opset < 11 ? HalfRole.Computes : HalfRole.Moves;

    private const int Value = 2;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        Mode(c.Node);
        var x = c.Shape(0);
        if (c.Opset < 11 && c.Attributes.Float("value", 0) != 0) c.RequireType(0, DataType.Float32);
        if (c.Opset >= 11 && c.Has(Value))
        {
            c.RequireType(Value, c.Type(0));
            if (c.Shape(Value).Count != 1) throw c.Error($"constant_value has shape {c.Shape(Value)}; it must be one number");
        }

        if (PadAmounts.Read(c.Node, x.Rank) is not { } amounts)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        c.Output(0, c.Type(0), amounts.Output(c.Node, x));
        if (Mode(c.Node) != PadMode.Constant && x.Count == 0 && c.Node.Outputs[0]!.Shape!.Value.Count > 0)
            throw c.Error($"an input {x} without elements can only be padded with a constant");
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank) => PadAmounts.ToChannelsLast(node, graph, rank);

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        var amounts = PadAmounts.Read(c.Node, x.Rank)!;
        var y = c.OutputShape();
        var mode = Mode(c.Node);
        var tables = new int[x.Rank][];
        for (int a = 0; a < tables.Length; a++)
        {
            tables[a] = new int[y[a]];
            for (int i = 0; i < tables[a].Length; i++) tables[a][i] = Source(mode, i - amounts.Before[a], x[a]);
        }

        var fill = Tensor.Create(c.Type(0), Shape.Scalar);
        bool given = c.Node.Opset >= 11 && c.Has(Value);
        if (c.Node.Opset < 11 && fill.Type == DataType.Float32) fill.AsSpan<float>()[0] = c.Attributes.Float("value", 0);
        return new IndexedExecutor("pad", new IndexedCopy(x.Dims, tables, c.Type(0).Size()), fill, given ? Value : -1);
    }

    private static PadMode Mode(Node node) => node.Attributes.String("mode", "constant") switch
    {
        "constant" => PadMode.Constant,
        "edge" => PadMode.Edge,
        "reflect" => PadMode.Reflect,
        "wrap" when node.Opset >= 19 => PadMode.Wrap,
        var mode => throw node.Error($"mode '{mode}' is not supported; supported: constant, edge, reflect, and wrap from opset 19 on"),
    };

    /// <summary>The element of an axis of <paramref name="size"/> that is shown at <paramref name="i"/>; −1 for the constant.</summary>
    private static int Source(PadMode mode, int i, int size)
    {
        if ((uint)i < (uint)size) return i;
        switch (mode)
        {
            case PadMode.Edge:
                return Math.Clamp(i, 0, size - 1);
            case PadMode.Wrap:
                return (i % size + size) % size;
            case PadMode.Reflect when size > 1:
                // The edge itself is not repeated: a period is once there and back.
                int period = 2 * (size - 1);
                int at = (i % period + period) % period;
                return at < size ? at : period - at;
            case PadMode.Reflect:
                return 0;
            default:
                return -1;
        }
    }

    private enum PadMode
    {
        Constant,
        Edge,
        Reflect,
        Wrap,
    }
}
