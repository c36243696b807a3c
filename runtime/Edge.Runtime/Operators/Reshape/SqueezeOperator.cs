using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>Squeeze: takes the named dimensions of 1 out, or all of them. Axes are an attribute before opset 13, an input from then on.</summary>
internal sealed class SqueezeOperator() : ViewOperator("Squeeze", 1)
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

        int[]? axes = given is null ? null : c.Node.AxisList(given, x.Rank);
        foreach (int a in axes ?? [])
            if (x[a] != 1) throw c.Error($"axis {a} of input {x} is {x[a]}; only an axis of 1 can be squeezed");
        int[] left = [.. Enumerable.Range(0, x.Rank).Where(a => axes is null ? x[a] != 1 : !axes.Contains(a)).Select(a => x[a])];
        c.Output(0, c.Type(0), new Shape(left));
    }
}
