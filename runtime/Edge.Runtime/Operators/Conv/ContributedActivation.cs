using Edge.Kernels;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Conv;

/// <summary>The activations that ONNX Runtime's optimizer writes into FusedConv and FusedGemm of com.microsoft.</summary>
internal static class ContributedActivation
{
    /// <summary>FusedConv: <c>activation</c> and the list <c>activation_params</c>.</summary>
    public static Activation OfConv(Node node)
    {
        float[] p = node.Attributes.Floats("activation_params") ?? [];
        return Read(node, p.Length > 0 ? p[0] : null, p.Length > 1 ? p[1] : null);
    }

    /// <summary>FusedGemm: <c>activation</c>, <c>activation_alpha</c> and <c>activation_beta</c>.</summary>
    public static Activation OfGemm(Node node)
    {
        // Of the activations here none has a third parameter.
        node.Attributes.Float("activation_gamma", 0);
        return Read(node, Given(node, "activation_alpha"), Given(node, "activation_beta"));
    }

    private static float? Given(Node node, string name) => node.Attributes.Has(name) ? node.Attributes.Float(name) : null;

    private static Activation Read(Node node, float? alpha, float? beta) => node.Attributes.String("activation", "") switch
    {
        "" => Activation.None,
        "Relu" => Activation.Relu,
        "Sigmoid" => new Activation(ActivationKind.Sigmoid),
        "Tanh" => new Activation(ActivationKind.Tanh),
        "LeakyRelu" => new Activation(ActivationKind.LeakyRelu, alpha ?? 0.01f),
        "HardSigmoid" => new Activation(ActivationKind.HardSigmoid, alpha ?? 0.2f, beta ?? 0.5f),
        "Clip" => Activation.Clip(alpha ?? float.MinValue, beta ?? float.MaxValue),
        var other => throw node.Error($"activation '{other}' is not supported; supported: Relu, Sigmoid, Tanh, LeakyRelu, HardSigmoid, Clip"),
    };
}
