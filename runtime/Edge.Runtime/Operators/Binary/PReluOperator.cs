using Edge.Kernels.Elementwise;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Binary;

/// <summary>PRelu: the slope broadcasts to the shape of the input, not the other way round.</summary>
internal sealed class PReluOperator() : BinaryOperator("PRelu", BinaryFunction.PRelu)
{
    protected override Shape OutputShape(InferContext c)
    {
        var y = c.BroadcastShape(0, 2);
        return y == c.Shape(0) ? y : throw c.Error($"the slope {c.Shape(1)} does not broadcast to the input {c.Shape(0)}");
    }
}
