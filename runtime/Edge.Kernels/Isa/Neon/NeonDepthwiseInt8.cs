using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;

namespace Edge.Kernels.Isa;

/// <summary>Eight channels: bytes are widened to 16 bits, SMLAL multiplies four by four into 32-bit lanes.</summary>
internal readonly unsafe struct NeonDepthwiseInt8 : IPairLanes<NeonDepthwiseInt8.Accumulators, NeonDepthwiseInt8.Pair>
{
    /// <summary>Channels 0…3 and 4…7.</summary>
    internal readonly struct Accumulators(Vector128<int> low, Vector128<int> high)
    {
        public readonly Vector128<int> Low = low;
        public readonly Vector128<int> High = high;
    }

    /// <summary>Eight channels of each of two taps.</summary>
    internal readonly struct Pair(Vector128<short> first, Vector128<short> second)
    {
        public readonly Vector128<short> First = first;
        public readonly Vector128<short> Second = second;
    }

    public static int Lanes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Accumulators Load(int* p) => new(Vector128.Load(p), Vector128.Load(p + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Accumulators acc, int* p)
    {
        acc.Low.Store(p);
        acc.High.Store(p + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Accumulators acc, byte* y, float* scale, float low, float high, int zeroPoint)
    {
        NeonInt8.StoreBytes(acc.Low, y, scale, low, high, zeroPoint);
        NeonInt8.StoreBytes(acc.High, y + 4, scale + 4, low, high, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePixels(Accumulators a0, Accumulators a1, Accumulators a2, Accumulators a3, byte* y0, byte* y1, byte* y2, byte* y3, float* scale, float low, float high, int zeroPoint)
    {
        StoreBytes(a3, y3, scale, low, high, zeroPoint);
        StoreBytes(a2, y2, scale, low, high, zeroPoint);
        StoreBytes(a1, y1, scale, low, high, zeroPoint);
        StoreBytes(a0, y0, scale, low, high, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair LoadInputs<TSigned>(byte* x0, byte* x1) where TSigned : IFlag => new(Widen<TSigned>(x0), Widen<TSigned>(x1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair LoadInput<TSigned>(byte* x) where TSigned : IFlag
    {
        Vector128<short> first = Widen<TSigned>(x);
        return new(first, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair LoadWeights(short* w) => new(Vector128.Load(w), Vector128.Load(w + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Accumulators MultiplyAdd(Accumulators acc, Pair x, Pair w) => Add(Add(acc, x.First, w.First), x.Second, w.Second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Accumulators MultiplyAddFirst(Accumulators acc, Pair x, Pair w) => Add(acc, x.First, w.First);

    public static void PackWeights(short* w0, short* w1, short* to)
    {
        for (int i = 0; i < Lanes; i++) (to[i], to[Lanes + i]) = (w0[i], w1[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Accumulators Add(Accumulators acc, Vector128<short> x, Vector128<short> w) => new(
        AdvSimd.MultiplyWideningLowerAndAdd(acc.Low, x.GetLower(), w.GetLower()),
        AdvSimd.MultiplyWideningUpperAndAdd(acc.High, x, w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Widen<TSigned>(byte* x) where TSigned : IFlag => TSigned.IsSet
        ? AdvSimd.SignExtendWideningLower(Vector64.Load((sbyte*)x))
        : AdvSimd.ZeroExtendWideningLower(Vector64.Load(x)).AsInt16();
}
