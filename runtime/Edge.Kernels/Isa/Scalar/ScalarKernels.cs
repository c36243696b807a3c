using Edge.Kernels.Elementwise;
using Edge.Kernels.Quantize;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>scalar</c>: the definition of every routine, and what runs where nothing else does.</summary>
internal static class ScalarKernels
{
    public static KernelSet Create() => new()
    {
        Name = "scalar",
        Dense = new ScalarDense(),
        Elementwise = new GenericElementwise<VectorF32x1>("scalar"),
        Quantize = new GenericQuantize<VectorF32x1>("scalar"),
    };
}
