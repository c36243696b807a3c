using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;

namespace Edge.Quantization.Rewrite.Specialization;

/// <summary>
/// Puts the branch that an If always takes in its place, where its condition depends on no input. What is left inside of
/// bodies cannot be quantized, so this comes before everything else.
/// </summary>
internal static class BranchInlining
{
    public static void Apply(OnnxGraph graph, SessionFactory sessions)
    {
        // A branch may hold the next If.
        while (Known(graph) is { } node) Inline(graph, node, Condition(graph, node, sessions));
    }

    private static NodeProto? Known(OnnxGraph graph)
    {
        if (!graph.Nodes.Exists(n => OnnxGraph.Is(n, "If"))) return null;
        HashSet<string> constant = TensorFacts.ConstantValues(graph);
        return graph.Nodes.Find(n => OnnxGraph.Is(n, "If") && (constant.Contains(n.Inputs[0]) || graph.Constant(n.Inputs[0]) is not null));
    }

    private static bool Condition(OnnxGraph graph, NodeProto node, SessionFactory sessions)
    {
        string condition = node.Inputs[0];
        if (graph.Constant(condition) is { } constant) return constant.GetBytes().Span[0] != 0;
        ModelProto part = PartialModel.Of(graph.Model, [condition]);
        part.Graph.Inputs = [];
        using IInferenceSession session = sessions(part, $"condition of {OnnxGraph.Describe(node)}");
        return session.Run([])[0].Bytes[0] != 0;
    }

    private static void Inline(OnnxGraph graph, NodeProto node, bool taken)
    {
        GraphProto branch = node.Attributes.Find(a => a.Name == (taken ? "then_branch" : "else_branch"))?.G
            ?? throw new ModelException($"{OnnxGraph.Describe(node)} has no {(taken ? "then" : "else")}_branch");
        int at = graph.Nodes.IndexOf(node);
        graph.Remove(node);
        // The other branch, which goes, and bodies beside this one may use the same names.
        foreach (TensorProto t in branch.Initializers)
        {
            string name = graph.Fresh(t.Name);
            Rename(branch, t.Name, name);
            t.Name = name;
        }
        foreach (NodeProto inner in branch.Nodes)
        {
            for (int i = 0; i < inner.Outputs.Count; i++)
            {
                string old = inner.Outputs[i];
                if (old.Length == 0) continue;
                inner.Outputs[i] = graph.Fresh(old);
                Rename(branch, old, inner.Outputs[i]);
            }
        }
        graph.Model.Graph.Initializers.AddRange(branch.Initializers);
        graph.Nodes.InsertRange(at, branch.Nodes);
        at += branch.Nodes.Count;
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i].Length == 0) continue;
            graph.Nodes.Insert(at++, new NodeProto { Name = node.Outputs[i], OpType = "Identity", Inputs = [branch.Outputs[i].Name], Outputs = [node.Outputs[i]] });
        }
        graph.Changed();
    }

    private static void Rename(GraphProto branch, string old, string name)
    {
        if (old == name) return;
        foreach (NodeProto reader in branch.Nodes) OnnxGraph.ReplaceReads(reader, old, name);
        foreach (ValueInfoProto output in branch.Outputs.Where(o => o.Name == old)) output.Name = name;
    }
}
