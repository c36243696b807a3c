using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>Flatten: <c>[d₀ … d_axis₋₁, d_axis … dₙ]</c>, both parts multiplied out.</summary>
internal sealed class FlattenOperator() : ViewOperator("Flatten", 1)
{
    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        var x = c.Shape(0);
        long axis = c.Attributes.Int("axis", 1);
        if (axis < -x.Rank || axis > x.Rank) throw c.Error($"axis {axis} is outside [{-x.Rank}, {x.Rank}] of input {x}");
        int a = (int)(axis < 0 ? axis + x.Rank : axis);
        c.Output(0, c.Type(0), new Shape(x.Product(0, a), x.Product(a, x.Rank)));
    }
}
