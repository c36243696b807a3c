using Edge.Runtime.Graph;
using Edge.Runtime.Operators.QuantizedProduct;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Dynamically quantized models make real numbers of the accumulators of ConvInteger and MatMulInteger by a Cast, a Mul by the
/// scales that the run finds, an Add of the bias and a Relu or Clip: one pass over memory instead of four, in place. The same
/// operations, so that results are the same bits. After the layout, when channels are the last axis.
/// </summary>
internal static class AccumulatorFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var cast in graph.Nodes.ToArray())
        {
            if (cast is not { Domain: "", OpType: "Cast", Inputs: [{ IsStatic: true, IsConstant: false, Type: DataType.Int32, Shape: { Rank: > 0 } shape } accumulators], Outputs: [{ Type: DataType.Float32 } real] }) continue;
            if (graph.OnlyConsumer(real) is not { Domain: "", OpType: "Mul" } mul || Other(mul, real, shape) is not { } scale || !(scale.Shape!.Value.Count == 1 || IsOfColumns(scale, shape))) continue;
            List<Node> chain = [cast, mul];
            Value? bias = null;
            if (Next(graph, chain) is { Domain: "", OpType: "Add" } add && Other(add, chain[^1].Outputs[0]!, shape) is { } addend && IsOfColumns(addend, shape))
            {
                bias = addend;
                chain.Add(add);
            }

            var bounds = (Low: float.NegativeInfinity, High: float.PositiveInfinity);
            if (Next(graph, chain) is { } next && ReadBounds(next, chain[^1].Outputs[0]!) is { } read)
            {
                bounds = read;
                chain.Add(next);
            }

            var last = chain[^1];
            graph.Replace(last, ScaleAccumulatorsOperator.Make(graph, accumulators, scale, bias, bounds.Low, bounds.High, last.Outputs[0]!));
            for (int i = chain.Count - 2; i >= 0; i--) graph.Remove(chain[i]);
        }
    }

    private static Node? Next(ModelGraph graph, List<Node> chain) => graph.OnlyConsumer(chain[^1].Outputs[0]!);

    /// <summary>The other operand, if the result has the shape of <paramref name="x"/>.</summary>
    private static Value? Other(Node node, Value x, Shape shape) =>
        node is { Inputs: [{ } a, { } b], Outputs: [{ IsStatic: true } y] } && a != b && y.Shape == shape
            && (a == x ? b : a) is { IsStatic: true, Type: DataType.Float32 } other ? other : null;

    /// <summary>One number for each index of the last axis.</summary>
    private static bool IsOfColumns(Value value, Shape shape) =>
        value.Shape is { Rank: > 0 } own && own.Count == shape[^1] && own[^1] == shape[^1];

    private static (float Low, float High)? ReadBounds(Node node, Value x)
    {
        if (node is not { Domain: "", Inputs: [{ } input, ..] } || input != x) return null;
        if (node.OpType == "Relu") return (0, float.PositiveInfinity);
        if (node.OpType != "Clip" || ActivationFusion.Bounds(node) is not var (low, high)) return null;
        // Bounds that are left out are those of float32, which infinities exceed; later versions have none.
        return node.Opset < 11 ? (low, high) : (node.Has(1) ? low : float.NegativeInfinity, node.Has(2) ? high : float.PositiveInfinity);
    }
}
