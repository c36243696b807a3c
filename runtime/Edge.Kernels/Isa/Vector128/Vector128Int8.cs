using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>
/// uint8 · int8 on whatever CPU has 128-bit vectors, exact: as <see cref="Avx2Int8"/>, half as wide. Where there is no
/// PMADDWD, products are formed in 16 bits, which hold 255 · −128, and added in 32.
/// </summary>
internal readonly unsafe struct Vector128Int8 : IDotLanes<Vector128<int>, Halves<Vector128<short>>, Halves<Vector128<short>>>,
    IPairLanes<Vector128<int>, Vector128<short>>
{
    public static int Lanes => Vector128<int>.Count;

    public static bool TakesSigned => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> acc, int* p) => acc.Store(p);

    // Of each 16 bits, the upper byte is moved down, the lower one up and down again, both with their sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves<Vector128<short>> LoadB(byte* p)
    {
        Vector128<short> b = Vector128.Load((short*)p);
        return new((b << 8) >> 8, b >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves<Vector128<short>> Broadcast(byte* a) => Widen(Vector128.Create(*(int*)a).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Halves<Vector128<short>> BroadcastFlipped(byte* a) =>
        Widen((Vector128.Create(*(int*)a).AsByte() ^ Vector128.Create(Int8Normalization.Flip)).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> acc, Halves<Vector128<short>> a, Halves<Vector128<short>> b)
    {
        if (Sse2.IsSupported) return acc + (Sse2.MultiplyAddAdjacent(a.Even, b.Even) + Sse2.MultiplyAddAdjacent(a.Odd, b.Odd));
        Vector128<int> even = (a.Even * b.Even).AsInt32(), odd = (a.Odd * b.Odd).AsInt32();
        return acc + (((even << 16) >> 16) + (even >> 16)) + (((odd << 16) >> 16) + (odd >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector128<int> acc, byte* y, float* scale, float low, float high, int zeroPoint)
    {
        Vector128<float> r = Vector128.ConvertToSingle(acc) * Vector128.Load(scale);
        r = Vector128.MinNative(Vector128.MaxNative(r, Vector128.Create(low)), Vector128.Create(high));
        // Round is half to even; what it returns converts exactly. Narrow keeps the low half of each lane.
        Vector128<int> q = Vector128.ConvertToInt32Native(Vector128.Round(r)) + Vector128.Create(zeroPoint);
        Vector128<short> words = Vector128.Narrow(q, q);
        *(uint*)y = Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }

    /// <summary>The lower byte of each 16 bits, then the upper one, both unsigned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Halves<Vector128<short>> Widen(Vector128<short> a) => new(a & Vector128.Create((short)0xFF), a >>> 8);

    // A 32-bit lane is a channel: its lower 16 bits belong to the first tap, the upper ones to the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> LoadInputs<TSigned>(byte* x0, byte* x1) where TSigned : IFlag
    {
        Vector128<int> second = LoadInput<TSigned>(x1).AsInt32() << 16;
        return ((LoadInput<TSigned>(x0).AsInt32() & Vector128.Create(0xFFFF)) | second).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> LoadInput<TSigned>(byte* x) where TSigned : IFlag
    {
        Vector128<byte> bytes = Vector128.CreateScalar(*(uint*)x).AsByte();
        return TSigned.IsSet
            ? Vector128.WidenLower(Vector128.WidenLower(bytes.AsSByte())).AsInt16()
            : Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> LoadWeights(short* w) => Vector128.Load(w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> acc, Vector128<short> x, Vector128<short> w)
    {
        if (Sse2.IsSupported) return acc + Sse2.MultiplyAddAdjacent(x, w);
        Vector128<int> xs = x.AsInt32(), ws = w.AsInt32();
        return acc + (((xs << 16) >> 16) * ((ws << 16) >> 16) + (xs >> 16) * (ws >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddFirst(Vector128<int> acc, Vector128<short> x, Vector128<short> w) => MultiplyAdd(acc, x, w);

    public static void PackWeights(short* w0, short* w1, short* to)
    {
        for (int i = 0; i < Lanes; i++) (to[2 * i], to[2 * i + 1]) = (w0[i], w1[i]);
    }
}
