using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Kernels.Isa;

/// <summary>Adds bytes up in wider lanes, by two instructions for sixteen on x64 and AArch64.</summary>
internal static class ByteSums
{
    /// <summary>The lanes, whose sum is what counts, with sixteen unsigned bytes added to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> lanes, Vector128<byte> bytes)
    {
        if (Sse2.IsSupported) return lanes + Sse2.SumAbsoluteDifferences(bytes, Vector128<byte>.Zero).AsUInt32();
        if (AdvSimd.IsSupported) return AdvSimd.AddPairwiseWideningAndAdd(lanes, AdvSimd.AddPairwiseWidening(bytes));
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        Vector128<ushort> pairs = low + high;
        return lanes + Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
    }
}
