using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Isa;

namespace Edge.Kernels;

/// <summary>
/// Every kernel set there is, best first, and the choice among those that the CPU can run. Thread-safe.
/// </summary>
public static class KernelCatalog
{
    /// <summary>The environment variable that forces a set.</summary>
    public const string IsaVariable = "EDGE_ISA";

    private static readonly Entry[] s_entries =
    [
        new("avx512vnni", Avx512VnniFeatures.IsSupported && Avx2.IsSupported && Fma.IsSupported, Avx512VnniKernels.Create),
        new("avx512", Avx512F.IsSupported && Avx512BW.IsSupported && Avx512F.VL.IsSupported && Fma.IsSupported, Avx512Kernels.Create),
        new("avxvnni", AvxVnni.IsSupported && Avx2.IsSupported && Fma.IsSupported, AvxVnniKernels.Create),
        new("avx2", Avx2.IsSupported && Fma.IsSupported, Avx2Kernels.Create),
        new("i8mm", I8mmFeatures.IsSupported, I8mmKernels.Create),
        new("dotprod", Dp.Arm64.IsSupported && AdvSimd.Arm64.IsSupported, DotProdKernels.Create),
        new("neon", AdvSimd.Arm64.IsSupported, NeonKernels.Create),
        new("vector128", Vector128.IsHardwareAccelerated, Vector128Kernels.Create),
        new("scalar", true, ScalarKernels.Create),
    ];

    private static readonly Lazy<KernelSet[]> s_available = new(() => [.. s_entries.Where(e => e.IsSupported).Select(e => e.Set.Value)]);

    /// <summary>Names of all sets, best first, whether or not this CPU can run them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_entries.Select(e => e.Name)];

    /// <summary>The sets that this CPU can run, best first; the last one is <c>scalar</c>.</summary>
    public static IReadOnlyList<KernelSet> Available => s_available.Value;

    /// <summary>
    /// Why a better set than those of <see cref="Available"/> is left out although this CPU could run it; null if none is. For
    /// the log, once.
    /// </summary>
    public static string? Notice { get; } = NoticeOf("avx512vnni", Avx512VnniFeatures.Refusal) ?? NoticeOf("i8mm", I8mmFeatures.Refusal);

    /// <summary>
    /// The set named <paramref name="isa"/>; without a name the one that <see cref="IsaVariable"/> asks for; without
    /// that the best that this CPU can run.
    /// </summary>
    /// <exception cref="NotSupportedException">There is no set of that name, or this CPU cannot run it.</exception>
    public static KernelSet Select(string? isa = null)
    {
        string? name = string.IsNullOrEmpty(isa) ? Environment.GetEnvironmentVariable(IsaVariable) : isa;
        // Only the one that is chosen is made: machine code takes time to write.
        foreach (Entry e in s_entries)
            if (e.IsSupported && (string.IsNullOrEmpty(name) || string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase))) return e.Set.Value;
        throw new NotSupportedException(Refusal(name!, string.IsNullOrEmpty(isa)));
    }

    private static string? NoticeOf(string name, string? refusal) => refusal is null ? null : $"kernel set '{name}' is not used: {refusal}";

    private static string Refusal(string name, bool fromEnvironment)
    {
        string asked = fromEnvironment ? $"{IsaVariable}={name}" : $"kernel set '{name}'";
        string fault = Names.Contains(name, StringComparer.OrdinalIgnoreCase) ? "this CPU cannot run it" : "there is no such set";
        return $"{asked}: {fault}; this CPU can run {string.Join(", ", Available.Select(s => s.Name))}; all sets: {string.Join(", ", Names)}";
    }

    private sealed class Entry(string name, bool isSupported, Func<KernelSet> create)
    {
        public string Name { get; } = name;

        public bool IsSupported { get; } = isSupported;

        public Lazy<KernelSet> Set { get; } = new(create);
    }
}
