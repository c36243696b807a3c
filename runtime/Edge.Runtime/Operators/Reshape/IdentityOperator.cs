namespace Edge.Runtime.Operators.Reshape;

/// <summary>Identity of a tensor.</summary>
internal sealed class IdentityOperator() : ViewOperator("Identity", 1)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.Output(0, c.Type(0), c.Shape(0));
    }
}
