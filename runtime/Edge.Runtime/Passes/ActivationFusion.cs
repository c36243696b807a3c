using Edge.Kernels;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// An activation behind a convolution or a product with constant weights becomes part of its epilogue.
/// </summary>
internal static class ActivationFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node.Domain.Length > 0 || node.OpType is not ("Conv" or "Gemm" or "MatMul") || node.Constant(1) is null) continue;
            if (node.OpType == "MatMul" && node.Constant(1)!.Shape.Rank != 2) continue;
            if (node.Inputs[0]!.Type != DataType.Float32 || node.Attributes.Has("activation")) continue;
            var y = node.Outputs[0]!;
            if (graph.OnlyConsumer(y) is not { Domain: "" } next || next.Inputs[0] != y || Read(next) is not { } activation) continue;
            FusedActivation.Write(node.Attributes, activation);
            var result = next.Outputs[0]!;
            graph.Remove(next);
            node.SetOutput(0, result);
        }
    }

    private static Activation? Read(Node n) => n.OpType switch
    {
        "Relu" => Activation.Relu,
        "Clip" => Bounds(n) is var (low, high) ? Activation.Clip(low, high) : null,
        "LeakyRelu" => new Activation(ActivationKind.LeakyRelu, n.Attributes.Float("alpha", 0.01f)),
        "Sigmoid" => new Activation(ActivationKind.Sigmoid),
        "HardSigmoid" => new Activation(ActivationKind.HardSigmoid, n.Attributes.Float("alpha", 0.2f), n.Attributes.Float("beta", 0.5f)),
        "HardSwish" => new Activation(ActivationKind.HardSwish),
        "Swish" when n.Attributes.Float("alpha", 1) == 1 => new Activation(ActivationKind.Silu),
        "Tanh" => new Activation(ActivationKind.Tanh),
        _ => null,
    };

    /// <summary>The bounds of a Clip of any opset, if they are known.</summary>
    public static (float Low, float High)? Bounds(Node clip)
    {
        if (clip.Opset < 11)
            return (clip.Attributes.Float("min", float.MinValue), clip.Attributes.Float("max", float.MaxValue));
        if ((clip.Has(1) && clip.Constant(1) is not { Type: DataType.Float32, Count: 1 }) || (clip.Has(2) && clip.Constant(2) is not { Type: DataType.Float32, Count: 1 })) return null;
        return (clip.Constant(1) is { } low ? low.AsSpan<float>()[0] : float.MinValue, clip.Constant(2) is { } high ? high.AsSpan<float>()[0] : float.MaxValue);
    }
}
