using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Emit;

namespace Edge.Kernels.Isa;

/// <summary>
/// Whether this CPU and this system run AVX-512 with VNNI, which .NET does not say, and a binary that was compiled ahead of
/// time for less would deny.
/// </summary>
internal static unsafe class Avx512VnniFeatures
{
    /// <summary>XMM, YMM, opmasks and both parts of ZMM are saved.</summary>
    private const long SavedState = 0xE6;

    /// <summary>The CPU has it, and emitted code may run.</summary>
    public static bool IsSupported { get; }

    /// <summary>It has AVX512_VBMI, too.</summary>
    public static bool PermutesBytes { get; }

    /// <summary>Why the set is not used although the CPU has the instructions; null otherwise.</summary>
    public static string? Refusal { get; }

    static Avx512VnniFeatures()
    {
        if (!HasInstructions()) return;
        Refusal = ExecutableMemory.Refusal;
        PermutesBytes = (X86Base.CpuId(7, 0).Ecx >> 1 & 1) != 0;
        IsSupported = Refusal is null && (ExtendedControl() & SavedState) == SavedState;
    }

    private static bool HasInstructions()
    {
        if (!X86Base.X64.IsSupported || !OperatingSystem.IsLinux() || X86Base.CpuId(0, 0).Eax < 7) return false;
        bool savesExtended = (X86Base.CpuId(1, 0).Ecx >> 27 & 1) != 0;
        var (_, ebx, ecx, _) = X86Base.CpuId(7, 0);
        bool foundation = (ebx >> 16 & 1) != 0, bytes = (ebx >> 30 & 1) != 0, shorter = (ebx >> 31 & 1) != 0, vnni = (ecx >> 11 & 1) != 0;
        return savesExtended && foundation && bytes && shorter && vnni;
    }

    private static long ExtendedControl()
    {
        var code = new X64Assembler();
        code.ReadExtendedControl();
        code.Return();
        return ((delegate* unmanaged<long>)ExecutableMemory.Publish(code.ToArray()))();
    }
}
