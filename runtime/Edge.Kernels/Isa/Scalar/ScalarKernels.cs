namespace Edge.Kernels.Isa;

/// <summary>The set <c>scalar</c>: the definition of every routine, and what runs where nothing else does.</summary>
internal static class ScalarKernels
{
    public static KernelSet Create() => KernelSet.Create<VectorF32x1>("scalar", new ScalarDense());
}
