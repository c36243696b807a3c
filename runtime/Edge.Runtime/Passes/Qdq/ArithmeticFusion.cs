using Edge.Runtime.Graph;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>Add, Mul, Concat and average pools between integers become the QLinear operators of com.microsoft.</summary>
internal static class ArithmeticFusion
{
    public static bool TryFuse(ModelGraph graph, Node node)
    {
        if (node.Domain.Length > 0 || node.Outputs.Count != 1 || !node.Outputs[0]!.IsStatic) return false;
        if (node.OpType is not ("Add" or "Mul" or "Concat" or "AveragePool" or "GlobalAveragePool")) return false;
        if (Tail.Find(graph, node.Outputs[0]!) is not { } tail) return false;
        var from = new List<Affine8>();
        foreach (var v in node.Inputs)
        {
            if (Affine8.Activation(v) is not { } q || q.Type != tail.To.Type) return false;
            from.Add(q);
        }

        // A narrowed range would need a step of its own; it is left to the float operators unless nothing is narrowed.
        if (tail.Narrows) return false;

        var y = tail.To.Parameters(graph, node.Name + ".y");
        IEnumerable<Value?> x = from.SelectMany((q, i) => (IEnumerable<Value?>)[q.Integer, .. q.Parameters(graph, $"{node.Name}.x{i}")]);
        var fused = node.OpType == "Concat"
            ? graph.Make(OperatorCatalog.Microsoft, "QLinearConcat", node.Name, [.. y, .. x], [node.Outputs[0]])
            : graph.Make(OperatorCatalog.Microsoft, "QLinear" + node.OpType, node.Name, [.. x, .. y], [node.Outputs[0]]);
        node.Attributes.CopyTo(fused.Attributes);
        tail.Replace(graph, node, fused);
        return true;
    }
}
