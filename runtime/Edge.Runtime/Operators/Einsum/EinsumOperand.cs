using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Einsum;

/// <summary>An operand of Einsum, or what became of some: labels and, for each label of the equation, a stride.</summary>
/// <param name="Labels">The labels that it has, each once; those of size 1 are left out.</param>
/// <param name="Stride">In elements, for every label of the equation; 0 where it does not have it.</param>
internal sealed record EinsumOperand(int[] Labels, nint[] Stride)
{
    /// <summary>The operand as the node gives it. A label that occurs twice walks its diagonal.</summary>
    public static EinsumOperand Of(EinsumEquation e, int i, Shape shape) =>
        new([.. e.Operands[i].Where((_, a) => shape[a] != 1).Distinct()], Strides(e.Operands[i], shape, e.Sizes.Length));

    /// <summary>A dense operand with these labels.</summary>
    public static EinsumOperand Dense(EinsumEquation e, int[] labels)
    {
        var strides = new nint[e.Sizes.Length];
        nint stride = 1;
        for (int a = labels.Length - 1; a >= 0; a--)
        {
            strides[labels[a]] = stride;
            stride *= e.Sizes[labels[a]];
        }

        return new EinsumOperand([.. labels.Where(l => e.Sizes[l] != 1)], strides);
    }

    /// <summary>Strides in elements for each label: the sum of those of the axes that have it.</summary>
    public static nint[] Strides(int[] labels, Shape shape, int count)
    {
        var strides = new nint[count];
        int[] own = shape.Strides();
        for (int a = 0; a < labels.Length; a++)
            if (shape[a] != 1) strides[labels[a]] += own[a];
        return strides;
    }

    /// <summary>Whether its elements are dense and in the order of these labels.</summary>
    public bool IsDense(EinsumEquation e, ReadOnlySpan<int> order)
    {
        nint stride = 1;
        for (int a = order.Length - 1; a >= 0; a--)
        {
            if (e.Sizes[order[a]] == 1) continue;
            if (Stride[order[a]] != stride) return false;
            stride *= e.Sizes[order[a]];
        }

        return true;
    }

    /// <summary>The copy that brings its elements into the order of these labels.</summary>
    public StridedCopy CopyTo(EinsumEquation e, ReadOnlySpan<int> order)
    {
        var axes = new CopyAxis[order.Length];
        nint target = sizeof(float);
        for (int a = order.Length - 1; a >= 0; a--)
        {
            axes[a] = new CopyAxis(e.Sizes[order[a]], Stride[order[a]] * sizeof(float), target);
            target *= e.Sizes[order[a]];
        }

        return new StridedCopy(axes, sizeof(float));
    }

    /// <summary>Bytes of a dense float32 tensor with these labels.</summary>
    public static nint Bytes(EinsumEquation e, ReadOnlySpan<int> labels)
    {
        nint count = 1;
        foreach (int l in labels) count = checked(count * e.Sizes[l]);
        return Scratch.Align(count * sizeof(float));
    }
}
