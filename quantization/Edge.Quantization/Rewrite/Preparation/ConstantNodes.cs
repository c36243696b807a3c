using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Makes one form of every constant: Constant nodes become initializers, and an initializer that is listed as a graph
/// input too (as IR version 3 demands) is no longer an input.
/// </summary>
internal static class ConstantNodes
{
    public static void Lift(OnnxGraph graph)
    {
        HashSet<string> constants = [.. graph.Model.Graph.Initializers.Select(t => t.Name)];
        graph.Model.Graph.Inputs.RemoveAll(i => constants.Contains(i.Name));
        foreach (NodeProto node in graph.Nodes.Where(n => OnnxGraph.Is(n, "Constant")).ToArray())
        {
            if (Value(node) is not { } tensor) continue;
            tensor.Name = node.Outputs[0];
            graph.Nodes.Remove(node);
            graph.Model.Graph.Initializers.Add(tensor);
        }
        graph.Changed();
    }

    /// <summary>A new tensor; null for strings and sparse values, which stay nodes.</summary>
    private static TensorProto? Value(NodeProto node)
    {
        foreach (AttributeProto a in node.Attributes)
        {
            switch (a.Name)
            {
                case "value" when a.T is { ElementType: not ElementType.String } t:
                    return new TensorProto { DataType = t.DataType, Dims = [.. t.Dims], RawData = t.GetBytes() };
                case "value_float": return TensorValues.Scalar("", a.F);
                case "value_int": return TensorValues.Scalar("", a.I);
                case "value_floats": return TensorValues.Vector("", a.Floats.ToArray());
                case "value_ints": return TensorValues.Vector("", a.Ints.ToArray());
            }
        }
        return null;
    }
}
