using Edge.Kernels;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// An activation behind a convolution or a product with constant weights becomes part of its epilogue. Sees SiLU and
/// HardSwish also where they are written out as a product with a gate.
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
            if (graph.IsOutput(y)) continue;

            var (activation, last, inner) = y.Consumers.Count == 1 ? Single(y.Consumers[0]) : y.Consumers.Count == 2 ? Gated(graph, y) : default;
            if (last is null) continue;
            node.Attributes.Set("activation", activation.Kind.ToString());
            node.Attributes.Set("activation_alpha", activation.Alpha);
            node.Attributes.Set("activation_beta", activation.Beta);
            var result = last.Outputs[0]!;
            graph.Remove(last);
            if (inner is not null) graph.Remove(inner);
            node.SetOutput(0, result);
        }
    }

    private static (Activation, Node? Last, Node? Inner) Single(Node next) =>
        next.Domain.Length == 0 && next.Inputs[0] is { } && Read(next) is { } a ? (a, next, null) : default;

    /// <summary><c>y · gate(y)</c>.</summary>
    private static (Activation, Node?, Node?) Gated(ModelGraph graph, Value y)
    {
        var mul = y.Consumers.FirstOrDefault(n => n is { OpType: "Mul", Domain: "" });
        var gate = y.Consumers.FirstOrDefault(n => n != mul);
        if (mul is null || gate is null || gate.Domain.Length > 0 || graph.OnlyConsumer(gate.Outputs[0]!) != mul || !mul.Inputs.Contains(y)) return default;
        return gate.OpType switch
        {
            "Sigmoid" => (new Activation(ActivationKind.Silu), mul, gate),
            "HardSigmoid" when IsSixth(gate) => (new Activation(ActivationKind.HardSwish), mul, gate),
            _ => default,
        };
    }

    private static bool IsSixth(Node hardSigmoid) =>
        MathF.Abs(hardSigmoid.Attributes.Float("alpha", 0.2f) - 1f / 6) < 1e-6f && hardSigmoid.Attributes.Float("beta", 0.5f) == 0.5f;

    private static Activation? Read(Node n) => n.OpType switch
    {
        "Relu" => Activation.Relu,
        "Clip" => Bounds(n) is var (low, high) ? Activation.Clip(low, high) : null,
        "LeakyRelu" => new Activation(ActivationKind.LeakyRelu, n.Attributes.Float("alpha", 0.01f)),
        "Sigmoid" => new Activation(ActivationKind.Sigmoid),
        "HardSigmoid" => new Activation(ActivationKind.HardSigmoid, n.Attributes.Float("alpha", 0.2f), n.Attributes.Float("beta", 0.5f)),
        "HardSwish" => new Activation(ActivationKind.HardSwish),
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
