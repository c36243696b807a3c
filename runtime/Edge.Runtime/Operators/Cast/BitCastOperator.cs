using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Reshape;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>BitCast: the same bits as elements of another type of the same size.</summary>
internal sealed class BitCastOperator() : ViewOperator("BitCast", 26)
{
    public override HalfRole Halves(Node node) => HalfRole.Keeps;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        var to = CastAttributes.Target(c.Node, "to");
        if (to == DataType.String || c.Type(0) == DataType.String) throw c.Error("strings have no bits; supported: numbers and bool");
        if (to.Size() != c.Type(0).Size()) throw c.Error($"{c.Type(0).OnnxName()} and {to.OnnxName()} differ in size");
        c.Output(0, to, c.Shape(0));
    }
}
