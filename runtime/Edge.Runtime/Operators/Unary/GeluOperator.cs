using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Unary;

/// <summary>Gelu, exact or approximated by tanh.</summary>
internal sealed class GeluOperator() : UnaryOperator("Gelu", UnaryFunction.Gelu, 20)
{
    protected override UnaryFunction Function(Node node) => node.Attributes.String("approximate", "none") switch
    {
        "none" => UnaryFunction.Gelu,
        "tanh" => UnaryFunction.GeluTanh,
        var other => throw node.Error($"approximate '{other}' is not supported; supported: none, tanh"),
    };
}
