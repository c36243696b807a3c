using Edge.Onnx;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Conformance;

/// <summary>
/// Which node tests the runtime has to pass: those whose operators are all in the <see cref="OperatorCatalog"/>, in a
/// version that it lists, and whose inputs and outputs are tensors, or sequences and optionals of tensors, of an element type of <see cref="DataType"/>.
/// </summary>
internal static class Scope
{
    /// <summary>Why the test is outside; null if it has to pass, or to be excluded by name.</summary>
    public static string? Outside(NodeTest test)
    {
        var graph = test.Model.Graph!;
        if (Unsupported(test.Model, graph) is { } reason) return reason;
        foreach (var value in graph.Inputs.Concat(graph.Outputs))
        {
            if (Elements(value.Type) is not { } type) return $"'{value.Name}' is neither tensor nor sequence";
            if (!Enum.IsDefined((DataType)type) || ((DataType)type).Size() == 0) return $"element type {(ElementType)type}";
        }

        return null;
    }

    private static string? Unsupported(ModelProto model, GraphProto graph)
    {
        foreach (var node in graph.Nodes)
        {
            foreach (var a in node.Attributes)
                if (a.G is not null && Unsupported(model, a.G) is { } inside) return inside;
            if (model.Functions.Any(f => f.Name == node.OpType && f.Domain == node.Domain)) continue;
            var op = OperatorCatalog.Find(node.Domain, node.OpType);
            if (op is null) return $"operator {Name(node)}";
            long opset = model.OpsetImports.First(o => Canonical(o.Domain) == Canonical(node.Domain)).Version;
            if (opset < op.MinOpset || opset > op.MaxOpset) return $"operator {Name(node)} of opset {opset}";
        }

        return null;
    }

    /// <summary>Element type of a tensor, of a sequence's tensors, or of what an optional holds; null for anything else.</summary>
    private static int? Elements(TypeProto? type) => type?.Tensor?.ElemType ?? (type?.Sequence is { } s ? Elements(s.ElemType) : type?.Optional is { } o ? Elements(o.ElemType) : null);

    private static string Canonical(string domain) => domain == "ai.onnx" ? "" : domain;

    private static string Name(NodeProto node) => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
}
