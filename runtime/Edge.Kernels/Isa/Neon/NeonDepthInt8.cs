using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>
/// int8 · int8 with NEON along the sum: SMULL, SMLAL and SADALP, three instructions for 16 products. Operands are two registers
/// of 8 bytes, because the lower half of one of 16 is copied before it is multiplied.
/// </summary>
internal readonly unsafe struct NeonDepthInt8 : IDepthLanes<Vector128<int>, NeonDepthInt8.Halves, Vector128<short>>
{
    /// <summary>Terms 0…7 and 8…15.</summary>
    internal readonly struct Halves(Vector64<sbyte> low, Vector64<sbyte> high)
    {
        public readonly Vector64<sbyte> Low = low;
        public readonly Vector64<sbyte> High = high;
    }

    public static int Lanes => Vector128<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> acc, int* p) => acc.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector128<int> acc, byte* y, float* scale, float low, float high, int zeroPoint) =>
        NeonInt8.StoreBytes(acc, y, scale, low, high, zeroPoint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves LoadBytes(byte* p, nint offset) => new(Vector64.Load((sbyte*)p + offset), Vector64.Load((sbyte*)p + offset + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> MultiplyLow(Halves a, Halves b) => AdvSimd.MultiplyWideningLower(a.Low, b.Low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> MultiplyHighAdd(Vector128<short> products, Halves a, Halves b) => AdvSimd.MultiplyWideningLowerAndAdd(products, a.High, b.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddPairs(Vector128<int> acc, Vector128<short> products) => AdvSimd.AddPairwiseWideningAndAdd(acc, products);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SumEach(Vector128<int> c0, Vector128<int> c1, Vector128<int> c2, Vector128<int> c3) =>
        AdvSimd.Arm64.AddPairwise(AdvSimd.Arm64.AddPairwise(c0, c1), AdvSimd.Arm64.AddPairwise(c2, c3));
}
