using System.Globalization;
using Edge.Kernels.Dense;

namespace Edge.Runtime.Tuning;

/// <summary>What a measured choice depends on: the kind of CPU, the kernel set, the threads, and the convolution's shape.</summary>
internal static class ConvKey
{
    /// <summary>One line of text without tabs, such as <c>amd-epyc-zen5 avx512vnni 2 1x56x56x64-56x56x64 k3x3 s1x1 d1x1 p1x1 g1</c>.</summary>
    public static string Of(string cpu, string isa, int threads, in ConvGeometry g) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cpu} {isa} {threads} {g.Batch}x{g.InHeight}x{g.InWidth}x{g.InChannels}-{g.OutHeight}x{g.OutWidth}x{g.OutChannels} k{g.KernelHeight}x{g.KernelWidth} s{g.StrideHeight}x{g.StrideWidth} d{g.DilationHeight}x{g.DilationWidth} p{g.PadTop}x{g.PadLeft} g{g.Group}");
}
