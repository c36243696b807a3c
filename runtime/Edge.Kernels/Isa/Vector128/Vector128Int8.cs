using System.Diagnostics.CodeAnalysis;
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
internal readonly unsafe struct Vector128Int8 : IWordLanes<Vector128<int>, Vector128<short>>
{
    public static int Lanes => Vector128<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> acc, int* p) => acc.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> BroadcastPair(byte* pair) => Vector128.Create(*(int*)pair).AsInt16();

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePixels(Vector128<int> a0, Vector128<int> a1, Vector128<int> a2, Vector128<int> a3, byte* y0, byte* y1, byte* y2, byte* y3, float* scale, float low, float high, int zeroPoint)
    {
        StoreBytes(a3, y3, scale, low, high, zeroPoint);
        StoreBytes(a2, y2, scale, low, high, zeroPoint);
        StoreBytes(a1, y1, scale, low, high, zeroPoint);
        StoreBytes(a0, y0, scale, low, high, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> LoadWide<TSigned>(byte* x) where TSigned : IFlag
    {
        Vector128<byte> bytes = Vector128.CreateScalar(*(ulong*)x).AsByte();
        return TSigned.IsSet ? Vector128.WidenLower(bytes.AsSByte()) : Vector128.WidenLower(bytes).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> LoadWords(short* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreWords(Vector128<short> words, short* p) => words.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> CreateWords(short value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> AddWords(Vector128<short> a, Vector128<short> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> SubtractWords(Vector128<short> a, Vector128<short> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> ShiftWordsLeft(Vector128<short> words, [ConstantExpected] int count) => words << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Create(int value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Subtract(Vector128<int> a, Vector128<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> a, Vector128<int> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftLeft(Vector128<int> a, [ConstantExpected] int count) => a << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRight(Vector128<int> a, [ConstantExpected] int count) => a >> count;

    // A 32-bit lane is a channel: its lower 16 bits belong to the first tap, the upper ones to the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> LoadInputs<TSigned>(byte* x0, byte* x1) where TSigned : IFlag
    {
        if (Sse2.IsSupported)
        {
            Vector128<byte> pairs = Sse2.UnpackLow(Vector128.CreateScalarUnsafe(*(uint*)x0).AsByte(), Vector128.CreateScalarUnsafe(*(uint*)x1).AsByte());
            return TSigned.IsSet ? Vector128.WidenLower(pairs.AsSByte()) : Vector128.WidenLower(pairs).AsInt16();
        }

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
