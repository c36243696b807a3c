using Edge.Kernels.Elementwise;
using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>
/// A scale or bias of a normalisation over the last axes: one number for each element of a row, or of the whole tensor,
/// taken from where it is, or spread into scratch where it has fewer.
/// </summary>
internal sealed unsafe class RowParameter
{
    private readonly int _input;
    private readonly StridedCopy? _spread;

    /// <param name="c">The node.</param>
    /// <param name="input">The input.</param>
    /// <param name="x">What is normalised.</param>
    /// <param name="axis">The first axis that is normalised.</param>
    /// <param name="full">Spread over the whole tensor, not one row.</param>
    public RowParameter(PrepareContext c, int input, Shape x, int axis, bool full)
    {
        _input = input;
        var p = c.Shape(input);
        int from = full ? 0 : axis;
        int count = x.Product(from, x.Rank);
        if (p.Count == count) return;
        _spread = Spread(p, x, from);
        ScratchBytes = Scratch.Align((nint)count * sizeof(float));
    }

    public nint ScratchBytes { get; }

    /// <summary>Fails unless the input has as many elements as a row, or broadcasts to <paramref name="x"/>.</summary>
    public static void Check(InferContext c, int input, Shape x, int axis)
    {
        var p = c.Shape(input);
        if (p.Count == x.Product(axis, x.Rank)) return;
        if (!Broadcast.TryShape([x, p], out var both) || both != x)
            throw c.Error($"input {input} of shape {p} does not broadcast to {x}");
    }

    /// <summary>Whether rows differ in the parameter.</summary>
    public static bool VariesByRow(Shape p, Shape x, int axis)
    {
        if (p.Count == x.Product(axis, x.Rank)) return false;
        for (int i = 0; i < p.Rank - (x.Rank - axis); i++)
            if (p[i] != 1) return true;
        return false;
    }

    /// <summary>One number an element.</summary>
    public float* Get(in StepContext c, byte* scratch)
    {
        if (_spread is null) return c.Input<float>(_input);
        _spread.Run(c.Input<byte>(_input), scratch, c.Pool);
        return (float*)scratch;
    }

    private static StridedCopy Spread(Shape p, Shape x, int from)
    {
        int[] source = p.Strides();
        var axes = new CopyAxis[x.Rank - from];
        nint target = sizeof(float);
        for (int a = x.Rank - 1; a >= from; a--)
        {
            int own = a - (x.Rank - p.Rank);
            axes[a - from] = new CopyAxis(x[a], own < 0 || p[own] == 1 ? 0 : source[own] * sizeof(float), target);
            target *= x[a];
        }

        return new StridedCopy(axes, sizeof(float));
    }
}
