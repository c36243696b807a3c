using Edge.Runtime.Graph;

namespace Edge.Runtime.Passes;

/// <summary>The addition of two tensors, one of which a convolution has just made, becomes part of that convolution: its fourth input.</summary>
internal static class ResidualFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var add in graph.Nodes.ToArray())
        {
            if (add is not { OpType: "Add", Domain: "" } || add.Inputs[0]!.Shape != add.Inputs[1]!.Shape) continue;
            // Of two convolutions the later one takes the sum, since the other is finished by then.
            var conv = add.Inputs.Select((v, i) => (Conv: Candidate(graph, v!), Other: add.Inputs[1 - i]!))
                .Where(c => c.Conv is not null && !c.Other.IsConstant)
                .OrderByDescending(c => graph.Nodes.IndexOf(c.Conv!)).FirstOrDefault();
            if (conv.Conv is not { } old) continue;

            var fused = graph.Make("", "Conv", old.Name, [old.Inputs[0], old.Inputs[1], old.Input(2), conv.Other], [add.Outputs[0]]);
            old.Attributes.CopyTo(fused.Attributes);
            graph.Replace(add, fused);
            graph.Remove(old);
        }
    }

    private static Node? Candidate(ModelGraph graph, Value v) =>
        v is { IsStatic: true, Producer: { OpType: "Conv", Domain: "" } conv } && !conv.Has(3)
            && graph.OnlyConsumer(v) is not null && conv.Inputs[1]!.IsConstant ? conv : null;
}
