using System.Runtime.Intrinsics.X86;

namespace Edge.Kernels.Isa;

/// <summary>Cache sizes that an x86 processor states of itself, for virtual machines in which the system states none.</summary>
internal static class CacheId
{
    /// <summary>
    /// Bytes of a core's own first-level data cache and second-level cache, by the leaves 8000_0005h (AMD alone) and
    /// 8000_0006h of <c>cpuid</c> (AMD64 Architecture Programmer's Manual, volume 3, appendix E.4.4); 0 where not stated.
    /// </summary>
    public static (long L1Data, long L2) Read()
    {
        if (!X86Base.IsSupported) return default;
        uint leaves = (uint)X86Base.CpuId(unchecked((int)0x8000_0000), 0).Eax;
        if (leaves < 0x8000_0006) return default;
        uint first = (uint)X86Base.CpuId(unchecked((int)0x8000_0005), 0).Ecx;
        uint second = (uint)X86Base.CpuId(unchecked((int)0x8000_0006), 0).Ecx;
        return ((first >> 24) * 1024L, (second >> 16) * 1024L);
    }
}
