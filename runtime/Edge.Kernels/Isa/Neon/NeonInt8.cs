using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>
/// int8 · int8 with NEON, exact: SMULL forms 16-bit products of at most 128 · 128, SADALP adds neighbours to 32-bit
/// lanes. Four bytes of a channel thus become two lanes, which are added at the end.
/// </summary>
internal readonly unsafe struct NeonInt8 : IDotLanes<NeonInt8.Accumulators, Vector128<sbyte>, Vector128<sbyte>>
{
    /// <summary>Two lanes a channel: channels 0 and 1 in <see cref="Low"/>, 2 and 3 in <see cref="High"/>.</summary>
    internal readonly struct Accumulators(Vector128<int> low, Vector128<int> high)
    {
        public readonly Vector128<int> Low = low;
        public readonly Vector128<int> High = high;
    }

    public static int Lanes => Vector128<int>.Count;

    public static bool TakesSigned => true;

    // One of a channel's two lanes begins with the initial value, the other with 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Accumulators Load(int* p)
    {
        Vector128<int> init = Vector128.Load(p);
        return new(AdvSimd.Arm64.ZipLow(init, Vector128<int>.Zero), AdvSimd.Arm64.ZipHigh(init, Vector128<int>.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Accumulators acc, int* p) => Sum(acc).Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LoadB(byte* p) => Vector128.Load((sbyte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Broadcast(byte* a) => Vector128.Create(*(int*)a).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> BroadcastFlipped(byte* a) => Broadcast(a) ^ Vector128.Create(unchecked((sbyte)Int8Normalization.Flip));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Accumulators MultiplyAdd(Accumulators acc, Vector128<sbyte> a, Vector128<sbyte> b) => new(
        AdvSimd.AddPairwiseWideningAndAdd(acc.Low, AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower())),
        AdvSimd.AddPairwiseWideningAndAdd(acc.High, AdvSimd.MultiplyWideningUpper(a, b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Accumulators Add(Accumulators a, Accumulators b) => new(a.Low + b.Low, a.High + b.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Accumulators acc, byte* y, float* scale, float low, float high, int zeroPoint) =>
        StoreBytes(Sum(acc), y, scale, low, high, zeroPoint);

    // FCVTNS rounds half to even; XTN keeps the low half of each lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector128<int> acc, byte* y, float* scale, float low, float high, int zeroPoint)
    {
        Vector128<float> r = AdvSimd.ConvertToSingle(acc) * Vector128.Load(scale);
        r = AdvSimd.Min(AdvSimd.Max(r, Vector128.Create(low)), Vector128.Create(high));
        Vector64<short> words = AdvSimd.ExtractNarrowingLower(AdvSimd.ConvertToInt32RoundToEven(r) + Vector128.Create(zeroPoint));
        *(uint*)y = AdvSimd.ExtractNarrowingLower(words.ToVector128Unsafe()).AsUInt32().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sum(Accumulators acc) => AdvSimd.Arm64.AddPairwise(acc.Low, acc.High);
}
