using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>Unsqueeze: puts dimensions of 1 at the named axes of the output. Axes are an attribute before opset 13, an input from then on.</summary>
internal sealed class UnsqueezeOperator() : ViewOperator("Unsqueeze", 1)
{
    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        var x = c.Shape(0);
        if (!c.Node.TryIntList("axes", 13, 1, out var given))
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        if (given is null) throw c.Error("axes are required and missing");
        int rank = x.Rank + given.Length;
        int[] axes = c.Node.AxisList(given, rank);
        var dims = new int[rank];
        for (int i = 0, from = 0; i < rank; i++) dims[i] = axes.Contains(i) ? 1 : x[from++];
        c.Output(0, c.Type(0), new Shape(dims));
    }
}
