using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic;

/// <summary>Activations that are more than a clamp, applied to results while they are in the cache.</summary>
internal static unsafe class ActivationRow
{
    public static void Apply(in Activation activation, float* p, nint count)
    {
        for (nint i = 0; i < count; i++) p[i] = ScalarActivation.Apply(activation, p[i]);
    }
}
