using Edge.Tensors;

namespace Edge.Kernels.Reduction;

/// <summary>Reductions of one ISA. Immutable and free of locks; results are the same bytes on every ISA.</summary>
/// <remarks>
/// A sum has one order whatever the width of vectors: along neighbouring elements, element i goes to partial sum
/// <c>i mod 16</c> and the 16 partial sums are added as a tree (0+8, 1+9, …, then 0+4, …); otherwise element by element.
/// </remarks>
public abstract class ReductionKernels
{
    /// <summary>Softmax and its logarithm.</summary>
    public abstract SoftmaxKernel Softmax { get; }

    /// <param name="function">The function.</param>
    /// <param name="type">Of argument and result.</param>
    /// <param name="shape">Of the argument.</param>
    /// <param name="axes">The axes to reduce, from the front, ascending; none leaves each element a set of its own.</param>
    /// <returns>Null if the function is not implemented for the type.</returns>
    public abstract ReduceKernel? Reduce(ReduceFunction function, DataType type, Shape shape, ReadOnlySpan<int> axes);
}
