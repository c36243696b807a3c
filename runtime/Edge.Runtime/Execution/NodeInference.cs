using Edge.Runtime.Graph;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Execution;

/// <summary>Validation and shape inference of one node, with every failure told as a <see cref="Onnx.ModelException"/> that names it.</summary>
internal static class NodeInference
{
    /// <summary>
    /// Infers <paramref name="node"/>, all of whose inputs have known types and shapes. Returns false if an output's shape
    /// depends on data.
    /// </summary>
    public static bool Infer(Node node, Operator op)
    {
        var context = new InferContext(node);
        try
        {
            op.Infer(context);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or IndexOutOfRangeException or InvalidOperationException or DivideByZeroException)
        {
            throw new Onnx.ModelException($"{node.Path}: the node is malformed: {e.Message}", e);
        }

        foreach (string name in node.Attributes.Unread)
            throw node.Error($"attribute '{name}' is not supported");
        return !context.IsDataDependent;
    }
}
