using Edge.Onnx;

namespace Edge.Fuzz.Mutation;

/// <summary>Changes to the messages of a model, which is then written again: the file is sound, the model is not.</summary>
internal static class GraphMutation
{
    public static byte[] Apply(byte[] file, byte[] donor, Random random)
    {
        var model = OnnxReader.Read(file, "seed");
        if (model.Graph is null) return file;
        // A fresh copy each time: a message must not come to hold itself.
        ModelProto Other() => OnnxReader.Read(donor, "donor");
        for (int changes = Changes(random); changes > 0; changes--)
        {
            var graphs = Graphs(model.Graph).ToArray();
            var graph = graphs[random.Next(graphs.Length)];
            switch (random.Next(24))
            {
                case 0: ModelMutation.Apply(model, Other, random); break;
                case 1: ModelMutation.Nest(graph, Other, random); break;
                case <= 4: NodeMutation.Wire(graph, random); break;
                case <= 6: NodeMutation.Order(graph, Other, random); break;
                case 7: NodeMutation.Operator(graph, random); break;
                case <= 13: NodeMutation.Attributes(graph, Other, random); break;
                case <= 20: TensorMutation.Initializers(graph, random); break;
                default: TensorMutation.Declarations(graph, random); break;
            }
        }

        using var bytes = new MemoryStream();
        try
        {
            OnnxWriter.Write(model, bytes);
        }
        catch (ModelException)
        {
            return file; // text that is not Unicode
        }

        return bytes.ToArray();
    }

    /// <summary>Mostly few: a model with one flaw goes further than one with ten.</summary>
    public static int Changes(Random random) => random.Next(20) switch { < 10 => 1, < 15 => 2, < 18 => 4, _ => 8 };

    /// <summary>The graph and all that its nodes hold.</summary>
    public static IEnumerable<GraphProto> Graphs(GraphProto graph) =>
        graph.Nodes.SelectMany(n => n.Attributes).Where(a => a.G is not null).SelectMany(a => Graphs(a.G!)).Prepend(graph);

    /// <summary>Names that nodes of the graph may read, and some that they may not yet.</summary>
    public static string AnyName(GraphProto graph, Random random)
    {
        switch (random.Next(8))
        {
            case 0: return graph.Inputs.Count == 0 ? "" : graph.Inputs[random.Next(graph.Inputs.Count)].Name;
            case <= 2: return graph.Initializers.Count == 0 ? "x" : graph.Initializers[random.Next(graph.Initializers.Count)].Name;
            case 3: return random.Next(4) == 0 ? "nowhere" : "";
            default:
                if (graph.Nodes.Count == 0) return "x";
                var outputs = graph.Nodes[random.Next(graph.Nodes.Count)].Outputs;
                return outputs.Count == 0 ? "" : outputs[random.Next(outputs.Count)];
        }
    }
}
