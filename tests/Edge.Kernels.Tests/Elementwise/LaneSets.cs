using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Tests.Elementwise;

/// <summary>The elementwise kernels of every instruction set of this machine, the scalar definition first.</summary>
internal static class LaneSets
{
    public static ElementwiseKernels Scalar { get; } = new GenericElementwise<VectorF32x1>("scalar");

    public static IReadOnlyList<(string Name, ElementwiseKernels Kernels)> Vector { get; } = [.. Find()];

    public static IReadOnlyList<(string Name, ElementwiseKernels Kernels)> All { get; } = [("scalar", Scalar), .. Vector];

    private static IEnumerable<(string, ElementwiseKernels)> Find()
    {
        if (Vector128.IsHardwareAccelerated) yield return ("vector128", new GenericElementwise<VectorF32x4>("vector128"));
        if (Avx2.IsSupported) yield return ("avx2", new GenericElementwise<VectorF32x8>("avx2"));
        if (Avx512BW.IsSupported) yield return ("avx512", new GenericElementwise<VectorF32x16>("avx512"));
    }
}
