namespace Edge.Kernels.Dense;

/// <summary>Knows better than an estimate which way of computing a float32 convolution is the fastest. Called from any thread.</summary>
public interface IConvChoice
{
    /// <summary>One of <paramref name="methods"/>.</summary>
    /// <param name="geometry">The convolution.</param>
    /// <param name="methods">At least two, the one with the lowest estimate first.</param>
    /// <param name="kernels">The kernels that will compute it, which do not ask again.</param>
    ConvMethod Choose(in ConvGeometry geometry, IReadOnlyList<ConvMethod> methods, DenseKernels kernels);
}
