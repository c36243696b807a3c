using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>uint8 · int8 with AVX-512BW, exact: as <see cref="Avx2Int8"/>, twice as wide.</summary>
internal readonly unsafe struct Avx512Int8 : IWordLanes<Vector512<int>, Vector512<short>>
{
    public static int Lanes => Vector512<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(int* p) => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> acc, int* p) => acc.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> BroadcastPair(byte* pair) => Vector512.Create(*(int*)pair).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> a, Vector512<int> b) => a + b;

    // CVTPS2DQ rounds half to even; VPMOVDB keeps the low byte of each lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector512<int> acc, byte* y, float* scale, float low, float high, int zeroPoint)
    {
        Vector512<float> r = Avx512F.ConvertToVector512Single(acc) * Vector512.Load(scale);
        r = Avx512F.Min(Avx512F.Max(r, Vector512.Create(low)), Vector512.Create(high));
        Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(r) + Vector512.Create(zeroPoint)).Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePixels(Vector512<int> a0, Vector512<int> a1, Vector512<int> a2, Vector512<int> a3, byte* y0, byte* y1, byte* y2, byte* y3, float* scale, float low, float high, int zeroPoint)
    {
        StoreBytes(a3, y3, scale, low, high, zeroPoint);
        StoreBytes(a2, y2, scale, low, high, zeroPoint);
        StoreBytes(a1, y1, scale, low, high, zeroPoint);
        StoreBytes(a0, y0, scale, low, high, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> LoadWide<TSigned>(byte* x) where TSigned : IFlag =>
        TSigned.IsSet ? Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)x)) : Avx512BW.ConvertToVector512Int16(Vector256.Load(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> LoadWords(short* p) => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreWords(Vector512<short> words, short* p) => words.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> CreateWords(short value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> AddWords(Vector512<short> a, Vector512<short> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> SubtractWords(Vector512<short> a, Vector512<short> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> ShiftWordsLeft(Vector512<short> words, [ConstantExpected] int count) => words << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Create(int value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Subtract(Vector512<int> a, Vector512<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> a, Vector512<int> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftLeft(Vector512<int> a, [ConstantExpected] int count) => a << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftRight(Vector512<int> a, [ConstantExpected] int count) => a >> count;

    // A 32-bit lane is a channel: its lower 16 bits belong to the first tap, the upper ones to the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> LoadInputs<TSigned>(byte* x0, byte* x1) where TSigned : IFlag
    {
        Vector512<int> first = LoadInput<TSigned>(x0).AsInt32(), second = LoadInput<TSigned>(x1).AsInt32() << 16;
        return ((TSigned.IsSet ? first & Vector512.Create(0xFFFF) : first) | second).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> LoadInput<TSigned>(byte* x) where TSigned : IFlag =>
        (TSigned.IsSet ? Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)x)) : Avx512F.ConvertToVector512Int32(Vector128.Load(x))).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> LoadWeights(short* w) => Vector512.Load(w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> acc, Vector512<short> x, Vector512<short> w) => acc + Avx512BW.MultiplyAddAdjacent(x, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAddFirst(Vector512<int> acc, Vector512<short> x, Vector512<short> w) => MultiplyAdd(acc, x, w);

    public static void PackWeights(short* w0, short* w1, short* to)
    {
        for (int i = 0; i < Lanes; i++) (to[2 * i], to[2 * i + 1]) = (w0[i], w1[i]);
    }
}
