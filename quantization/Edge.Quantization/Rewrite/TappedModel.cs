using Edge.Onnx;

namespace Edge.Quantization.Rewrite;

/// <summary>A model that also returns values from inside. It shares nodes and weights with the original.</summary>
internal static class TappedModel
{
    /// <param name="model">Not changed.</param>
    /// <param name="values">Values to return after the model's own outputs; those that it returns anyway are passed over.</param>
    public static ModelProto Of(ModelProto model, IEnumerable<string> values)
    {
        GraphProto graph = model.Graph;
        HashSet<string> returned = [.. graph.Outputs.Select(o => o.Name)];
        return new ModelProto
        {
            IrVersion = model.IrVersion,
            OpsetImports = model.OpsetImports,
            Functions = model.Functions,
            Graph = new GraphProto
            {
                Name = graph.Name,
                Nodes = graph.Nodes,
                Initializers = graph.Initializers,
                SparseInitializers = graph.SparseInitializers,
                Inputs = graph.Inputs,
                Outputs = [.. graph.Outputs, .. values.Where(returned.Add).Select(v => new ValueInfoProto { Name = v })],
            },
        };
    }
}
