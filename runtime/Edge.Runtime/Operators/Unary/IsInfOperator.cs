using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Unary;

/// <summary>IsInf, of either sign or of those that are asked for.</summary>
internal sealed class IsInfOperator() : UnaryOperator("IsInf", UnaryFunction.IsInf, 10)
{
    protected override (float Alpha, float Beta) Parameters(NodeAttributes attributes) =>
        (attributes.Int("detect_positive", 1) != 0 ? 1 : 0, attributes.Int("detect_negative", 1) != 0 ? 1 : 0);
}
