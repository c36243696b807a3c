using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Constants multiplied and added one behind the other, one a channel or one for all, become one BatchNormalization: one
/// multiplication and one addition an element. Their factors are computed in double; the results may differ in the last bits.
/// </summary>
internal static class ScaleShiftFusion
{
    private const int ChannelAxis = 1;

    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (Variable(node) is not { IsStatic: true, Type: DataType.Float32, Shape: { Rank: > ChannelAxis, Count: > 0 } } x) continue;
            if (AffineFusion.ReadAffine(node, x, ChannelAxis) is not var (a, c)) continue;
            List<Node> chain = [node];
            while (graph.OnlyConsumer(chain[^1].Outputs[0]!) is { } next && AffineFusion.ReadAffine(next, chain[^1].Outputs[0]!, ChannelAxis) is var (b, d))
            {
                for (int i = 0; i < a.Length; i++) (a[i], c[i]) = (b[i] * a[i], b[i] * c[i] + d[i]);
                chain.Add(next);
            }

            if (chain.Count == 1) continue;
            string name = chain[^1].Name;
            Value[] inputs = [x, Constant(graph, name, a), Constant(graph, name, c), Constant(graph, name, new double[a.Length]), Constant(graph, name, [.. a.Select(_ => 1.0)])];
            graph.Replace(chain[^1], graph.Make("", "BatchNormalization", name, inputs, [chain[^1].Outputs[0]], ("epsilon", 0f)));
            for (int i = chain.Count - 2; i >= 0; i--) graph.Remove(chain[i]);
        }
    }

    /// <summary>The input that is no constant, of an operator that might be affine in it; null once the node was removed.</summary>
    private static Value? Variable(Node node) => node switch
    {
        { Domain: "", OpType: "BatchNormalization", Outputs: [not null, ..] } => node.Inputs[0],
        { Domain: "", OpType: "Mul" or "Div" or "Add" or "Sub", Outputs: [not null] } => node.Inputs.FirstOrDefault(v => v is { IsConstant: false }),
        _ => null,
    };

    private static Value Constant(ModelGraph graph, string name, double[] values) =>
        graph.AddConstant(name, Tensor.Create<float>(new Shape(values.Length), Array.ConvertAll(values, v => (float)v)));
}
