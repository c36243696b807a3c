using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Kernels.Isa;

/// <summary>Sixteen lanes; for AVX-512F and BW.</summary>
internal readonly unsafe struct VectorF32x16(Vector512<float> value) : IVectorF32<VectorF32x16>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static bool HasManyRegisters => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Load(float* p) => new(Vector512.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 LoadFirst(float* p, int n) => new(Avx512F.MaskLoad(p, FirstLanes(n), Vector512<float>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 LoadU8(byte* p) => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(p))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 LoadS8(sbyte* p) => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(p))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Splat(float x) => new(Vector512.Create(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 SplatBits(int bits) => new(Vector512.Create(bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* p) => _value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreFirst(float* p, int n) => Avx512F.MaskStore(p, FirstLanes(n), _value);

    // vpmovdb keeps the low byte of each of 16 lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(byte* p, VectorF32x16 a, VectorF32x16 b, VectorF32x16 c, VectorF32x16 d)
    {
        Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32WithTruncation(a._value)).Store(p);
        Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32WithTruncation(b._value)).Store(p + 16);
        Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32WithTruncation(c._value)).Store(p + 32);
        Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32WithTruncation(d._value)).Store(p + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator +(VectorF32x16 a, VectorF32x16 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator -(VectorF32x16 a, VectorF32x16 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator *(VectorF32x16 a, VectorF32x16 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator /(VectorF32x16 a, VectorF32x16 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator -(VectorF32x16 a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 MultiplyAdd(VectorF32x16 a, VectorF32x16 b, VectorF32x16 c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator &(VectorF32x16 a, VectorF32x16 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator |(VectorF32x16 a, VectorF32x16 b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 operator ^(VectorF32x16 a, VectorF32x16 b) => new(a._value ^ b._value);

    // vmaxps and vminps give the second operand for NaN and for two zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Greater(VectorF32x16 a, VectorF32x16 b) => new(Avx512F.Max(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Lesser(VectorF32x16 a, VectorF32x16 b) => new(Avx512F.Min(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 IsGreater(VectorF32x16 a, VectorF32x16 b) => new(Vector512.GreaterThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 IsGreaterOrEqual(VectorF32x16 a, VectorF32x16 b) => new(Vector512.GreaterThanOrEqual(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 IsEqual(VectorF32x16 a, VectorF32x16 b) => new(Vector512.Equals(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Select(VectorF32x16 mask, VectorF32x16 a, VectorF32x16 b) => new(Vector512.ConditionalSelect(mask._value, a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Abs(VectorF32x16 a) => new(Vector512.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Sqrt(VectorF32x16 a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Floor(VectorF32x16 a) => new(Vector512.Floor(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Ceiling(VectorF32x16 a) => new(Vector512.Ceiling(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Round(VectorF32x16 a) => new(Vector512.Round(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 ToInt32(VectorF32x16 a) => new(Vector512.ConvertToInt32Native(a._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 FromInt32(VectorF32x16 a) => new(Vector512.ConvertToSingle(a._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 AddInt32(VectorF32x16 a, VectorF32x16 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 ShiftLeft(VectorF32x16 a, int count) => new((a._value.AsInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 ShiftRightArithmetic(VectorF32x16 a, int count) => new((a._value.AsInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Scale(VectorF32x16 a, VectorF32x16 n) => new(Avx512F.Scale(a._value, n._value));

    public static bool Int4LowFirst => true;

    // vpermps looks at the low four bits of each lane alone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 Int4(VectorF32x16 codes) =>
        new(Avx512F.PermuteVar16x32(Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1), codes._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x16 NextInt4(VectorF32x16 codes) => new((codes._value.AsUInt32() >> 4).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* p) => Sse.Prefetch0(p);

    /// <summary>Mask of the lanes whose number is below <paramref name="n"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FirstLanes(int n) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(n)).AsSingle();
}
