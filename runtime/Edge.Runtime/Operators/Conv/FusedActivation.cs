using Edge.Kernels;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// The activation that a pass fused into a node: attribute <c>activation</c> names an <see cref="ActivationKind"/>,
/// <c>activation_alpha</c> and <c>activation_beta</c> are its parameters. No ONNX operator has attributes of these names.
/// </summary>
internal static class FusedActivation
{
    public static Activation Read(NodeAttributes attributes)
    {
        string name = attributes.String("activation", nameof(ActivationKind.None));
        float alpha = attributes.Float("activation_alpha", 0);
        float beta = attributes.Float("activation_beta", 0);
        return new Activation(Enum.Parse<ActivationKind>(name), alpha, beta);
    }

    public static void Write(NodeAttributes attributes, in Activation activation)
    {
        attributes.Set("activation", activation.Kind.ToString());
        attributes.Set("activation_alpha", activation.Alpha);
        attributes.Set("activation_beta", activation.Beta);
    }
}
