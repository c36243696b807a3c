using Edge.Onnx;

namespace Edge.Quantization.Rewrite;

/// <summary>The part of a model that some of its values need. It shares nodes and weights with the original, and has all of its inputs.</summary>
internal static class PartialModel
{
    /// <param name="model">Not changed.</param>
    /// <param name="values">What to return, in this order; values that nodes write.</param>
    public static ModelProto Of(ModelProto model, IEnumerable<string> values)
    {
        GraphProto graph = model.Graph;
        string[] outputs = [.. values.Distinct()];
        HashSet<string> needed = [.. outputs];
        List<NodeProto> nodes = [];
        for (int i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            NodeProto node = graph.Nodes[i];
            if (!node.Outputs.Exists(o => o.Length > 0 && needed.Contains(o))) continue;
            nodes.Add(node);
            needed.UnionWith(node.Inputs);
            foreach (GraphProto body in OnnxGraph.Bodies(node)) Capture(body, needed);
        }
        nodes.Reverse();
        return new ModelProto
        {
            IrVersion = model.IrVersion,
            OpsetImports = model.OpsetImports,
            Functions = model.Functions,
            Graph = new GraphProto
            {
                Name = graph.Name,
                Nodes = nodes,
                Initializers = [.. graph.Initializers.Where(t => needed.Contains(t.Name))],
                SparseInitializers = graph.SparseInitializers,
                Inputs = graph.Inputs,
                Outputs = [.. outputs.Select(v => new ValueInfoProto { Name = v })],
            },
        };
    }

    /// <summary>Names are unique over a graph and its bodies, so that the body's own values do no harm.</summary>
    private static void Capture(GraphProto body, HashSet<string> needed)
    {
        needed.UnionWith(body.Outputs.Select(o => o.Name));
        foreach (NodeProto node in body.Nodes)
        {
            needed.UnionWith(node.Inputs);
            foreach (GraphProto inner in OnnxGraph.Bodies(node)) Capture(inner, needed);
        }
    }
}
