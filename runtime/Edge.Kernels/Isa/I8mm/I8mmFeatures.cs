using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using Edge.Kernels.Emit;

namespace Edge.Kernels.Isa;

/// <summary>Whether this CPU and this system run SMMLA and USMMLA, which .NET does not know.</summary>
internal static partial class I8mmFeatures
{
    /// <summary>Of Linux's auxiliary vector, and its bit for FEAT_I8MM.</summary>
    private const nuint HardwareCapabilities2 = 26, I8mm = 1 << 13;

    /// <summary>The CPU has them, and emitted code may run.</summary>
    public static bool IsSupported { get; }

    /// <summary>Why the set is not used although the CPU has the instructions; null otherwise.</summary>
    public static string? Refusal { get; }

    static I8mmFeatures()
    {
        if (!AdvSimd.Arm64.IsSupported || !OperatingSystem.IsLinux() || (AuxiliaryValue(HardwareCapabilities2) & I8mm) == 0) return;
        Refusal = ExecutableMemory.Refusal;
        IsSupported = Refusal is null;
    }

    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint AuxiliaryValue(nuint type);
}
