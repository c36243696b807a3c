using Edge.Onnx;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Conformance;

/// <summary>
/// Which node tests the runtime has to pass: those whose operators are all in the <see cref="OperatorCatalog"/>, in a
/// version that it lists, and whose inputs and outputs are tensors of an element type of <see cref="DataType"/>.
/// </summary>
internal static class Scope
{
    /// <summary>Why the test is outside; null if it has to pass, or to be excluded by name.</summary>
    public static string? Outside(NodeTest test)
    {
        var graph = test.Model.Graph!;
        foreach (var node in graph.Nodes)
        {
            var op = OperatorCatalog.Find(node.Domain, node.OpType);
            if (op is null) return $"operator {Name(node)}";
            long opset = test.Model.OpsetImports.First(o => Canonical(o.Domain) == Canonical(node.Domain)).Version;
            if (opset < op.MinOpset || opset > op.MaxOpset) return $"operator {Name(node)} of opset {opset}";
        }

        foreach (var value in graph.Inputs.Concat(graph.Outputs))
        {
            if (value.Type?.Tensor is not { } tensor) return $"'{value.Name}' is not a tensor";
            if (!Enum.IsDefined((DataType)tensor.ElemType) || ((DataType)tensor.ElemType).Size() == 0) return $"element type {(ElementType)tensor.ElemType}";
        }

        return null;
    }

    private static string Canonical(string domain) => domain == "ai.onnx" ? "" : domain;

    private static string Name(NodeProto node) => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
}
