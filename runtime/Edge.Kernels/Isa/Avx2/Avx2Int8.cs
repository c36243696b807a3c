using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>
/// uint8 · int8 with AVX2, exact: bytes are widened to 16 bits, VPMADDWD adds two products of at most 255 · 128 in 32 bits.
/// (VPMADDUBSW would add them in 16 bits and saturate.)
/// </summary>
internal readonly unsafe struct Avx2Int8 : IWordLanes<Vector256<int>, Vector256<short>>
{
    public static int Lanes => Vector256<int>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> acc, int* p) => acc.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> BroadcastPair(byte* pair) => Vector256.Create(*(int*)pair).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> a, Vector256<int> b) => a + b;

    // CVTPS2DQ rounds half to even. The low bytes of the lanes are packed to 16, then to 8 bits without saturation, since
    // they were masked; the two 128-bit halves are packed apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector256<int> acc, byte* y, float* scale, float low, float high, int zeroPoint)
    {
        Vector256<float> r = Avx.ConvertToVector256Single(acc) * Vector256.Load(scale);
        r = Avx.Min(Avx.Max(r, Vector256.Create(low)), Vector256.Create(high));
        Vector256<int> q = (Avx.ConvertToVector256Int32(r) + Vector256.Create(zeroPoint)) & Vector256.Create(0xFF);
        Vector128<short> words = Sse2.PackSignedSaturate(q.GetLower(), q.GetUpper());
        Sse2.PackUnsignedSaturate(words, words).AsUInt64().GetLower().Store((ulong*)y);
    }

    // Packing to 16 bits saturates, so that sums that are too low need no bound in float32; a sum that is too high would
    // convert to the least integer. Packing leaves each half of the register with the halves of all four pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePixels(Vector256<int> a0, Vector256<int> a1, Vector256<int> a2, Vector256<int> a3, byte* y0, byte* y1, byte* y2, byte* y3, float* scale, float low, float high, int zeroPoint)
    {
        Vector256<float> s = Vector256.Load(scale), most = Vector256.Create(high);
        Vector256<short> zero = Vector256.Create((short)zeroPoint), least = Vector256.Create((short)((int)low + zeroPoint)), mask = Vector256.Create((short)0xFF);
        Vector256<short> first = Avx2.AddSaturate(Avx2.PackSignedSaturate(Quantize(a0, s, most), Quantize(a1, s, most)), zero);
        Vector256<short> second = Avx2.AddSaturate(Avx2.PackSignedSaturate(Quantize(a2, s, most), Quantize(a3, s, most)), zero);
        Vector256<byte> bytes = Avx2.PackUnsignedSaturate(Avx2.Max(first, least) & mask, Avx2.Max(second, least) & mask);
        Vector256<ulong> pixels = Avx2.PermuteVar8x32(bytes.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsUInt64();
        *(ulong*)y3 = pixels.GetElement(3);
        *(ulong*)y2 = pixels.GetElement(2);
        *(ulong*)y1 = pixels.GetElement(1);
        *(ulong*)y0 = pixels.GetElement(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> LoadWide<TSigned>(byte* x) where TSigned : IFlag =>
        TSigned.IsSet ? Avx2.ConvertToVector256Int16((sbyte*)x) : Avx2.ConvertToVector256Int16(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> LoadWords(short* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreWords(Vector256<short> words, short* p) => words.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> CreateWords(short value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> AddWords(Vector256<short> a, Vector256<short> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> SubtractWords(Vector256<short> a, Vector256<short> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> ShiftWordsLeft(Vector256<short> words, [ConstantExpected] int count) => words << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Create(int value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Subtract(Vector256<int> a, Vector256<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> a, Vector256<int> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftLeft(Vector256<int> a, [ConstantExpected] int count) => a << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftRight(Vector256<int> a, [ConstantExpected] int count) => a >> count;

    // A 32-bit lane is a channel: its lower 16 bits belong to the first tap, the upper ones to the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> LoadInputs<TSigned>(byte* x0, byte* x1) where TSigned : IFlag
    {
        Vector128<byte> pairs = Sse2.UnpackLow(Vector128.CreateScalarUnsafe(*(ulong*)x0).AsByte(), Vector128.CreateScalarUnsafe(*(ulong*)x1).AsByte());
        return TSigned.IsSet ? Avx2.ConvertToVector256Int16(pairs.AsSByte()) : Avx2.ConvertToVector256Int16(pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> LoadInput<TSigned>(byte* x) where TSigned : IFlag =>
        (TSigned.IsSet ? Avx2.ConvertToVector256Int32((sbyte*)x) : Avx2.ConvertToVector256Int32(x)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> LoadWeights(short* w) => Vector256.Load(w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> acc, Vector256<short> x, Vector256<short> w) => acc + Avx2.MultiplyAddAdjacent(x, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAddFirst(Vector256<int> acc, Vector256<short> x, Vector256<short> w) => MultiplyAdd(acc, x, w);

    public static void PackWeights(short* w0, short* w1, short* to)
    {
        for (int i = 0; i < Lanes; i++) (to[2 * i], to[2 * i + 1]) = (w0[i], w1[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quantize(Vector256<int> acc, Vector256<float> scale, Vector256<float> most) =>
        Avx.ConvertToVector256Int32(Avx.Min(Avx.ConvertToVector256Single(acc) * scale, most));
}
