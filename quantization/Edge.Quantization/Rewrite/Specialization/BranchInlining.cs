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
        Rename(branch, FreshNames(graph, branch));
        graph.Remove(node);
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

    /// <summary>
    /// A name of its own in the whole model for each value that the branch makes: the other branch, and bodies beside this one, may use
    /// the same. The branch is still part of the graph, so that none of the new names is one of its own.
    /// </summary>
    private static Dictionary<string, string> FreshNames(OnnxGraph graph, GraphProto branch) =>
        branch.Initializers.Select(t => t.Name).Concat(branch.Nodes.SelectMany(n => n.Outputs)).Where(n => n.Length > 0).Distinct().ToDictionary(n => n, graph.Fresh);

    /// <summary>All at once: one after the other, a new name could be taken for the old name of another value.</summary>
    private static void Rename(GraphProto branch, Dictionary<string, string> names)
    {
        foreach (TensorProto t in branch.Initializers) t.Name = names[t.Name];
        foreach (NodeProto node in branch.Nodes)
        {
            for (int i = 0; i < node.Outputs.Count; i++)
                if (node.Outputs[i].Length > 0) node.Outputs[i] = names[node.Outputs[i]];
            OnnxGraph.ReplaceReads(node, names);
        }
        foreach (ValueInfoProto output in branch.Outputs) output.Name = names.GetValueOrDefault(output.Name, output.Name);
    }
}
