namespace Edge.OnnxRuntime.Providers;

/// <summary>Which provider runs a node.</summary>
/// <param name="Provider"><c>cpu</c>, <c>cuda</c> and so on; of a plug-in its own name.</param>
/// <param name="Name">The node's name in the model; ONNX Runtime names the nodes that it makes itself.</param>
/// <param name="OpType">The operator.</param>
/// <param name="Domain">The operator's domain; empty for ONNX's own.</param>
public sealed record NodePlacement(string Provider, string Name, string OpType, string Domain)
{
    /// <summary><c>Softmax 'prob'</c>.</summary>
    public override string ToString() => Name.Length == 0 ? OpType : $"{OpType} '{Name}'";
}
