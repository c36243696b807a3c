using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// The addition of two tensors, one of which a convolution or a product with constant weights has just made, becomes part
/// of that node: its fourth input.
/// </summary>
internal static class ResidualFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var add in graph.Nodes.ToArray())
        {
            if (add is not { OpType: "Add", Domain: "", Inputs: [{ } first, { } second] } || first.Shape != second.Shape) continue;
            // Of two convolutions the later one takes the sum, since the other is finished by then.
            var conv = add.Inputs.Select((v, i) => (Conv: Candidate(graph, v!), Other: add.Inputs[1 - i]!))
                .Where(c => c.Conv is not null && !c.Other.IsConstant)
                .OrderByDescending(c => graph.Nodes.IndexOf(c.Conv!)).FirstOrDefault();
            if (conv.Conv is not { } old) continue;

            var fused = graph.Make("", old.OpType, old.Name, [old.Inputs[0], old.Inputs[1], old.Input(2), conv.Other], [add.Outputs[0]]);
            old.Attributes.CopyTo(fused.Attributes);
            graph.Replace(add, fused);
            graph.Remove(old);
        }
    }

    private static Node? Candidate(ModelGraph graph, Value v) =>
        v is { IsStatic: true, Producer: { OpType: "Conv" or "MatMul", Domain: "" } node } && !node.Has(3) && graph.OnlyConsumer(v) is not null
            && node.Constant(1) is { } weights && (node.OpType == "Conv" || (weights is { Type: DataType.Float32, Shape.Rank: 2, Count: > 0 } && v.Shape!.Value.Count > 0))
            ? node : null;
}
