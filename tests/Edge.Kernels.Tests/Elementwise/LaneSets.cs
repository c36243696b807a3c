using Edge.Kernels.Elementwise;

namespace Edge.Kernels.Tests.Elementwise;

/// <summary>The elementwise kernels of every instruction set of this machine, the scalar definition first.</summary>
internal static class LaneSets
{
    public static ElementwiseKernels Scalar { get; } = KernelCatalog.Available[^1].Elementwise;

    public static IReadOnlyList<(string Name, ElementwiseKernels Kernels)> Vector { get; } =
        [.. KernelCatalog.Available.SkipLast(1).Reverse().Select(s => (s.Name, s.Elementwise))];

    public static IReadOnlyList<(string Name, ElementwiseKernels Kernels)> All { get; } = [("scalar", Scalar), .. Vector];
}
