using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Edge.Kernels.Isa;

/// <summary>Eight lanes; for AVX2 and better.</summary>
internal readonly unsafe struct VectorF32x8(Vector256<float> value) : IVectorF32<VectorF32x8>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Load(float* p) => new(Vector256.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 LoadFirst(float* p, int n) => new(Avx.MaskLoad(p, FirstLanes(n)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 LoadU8(byte* p) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(p)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 LoadS8(sbyte* p) => new(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(p)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Splat(float x) => new(Vector256.Create(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 SplatBits(int bits) => new(Vector256.Create(bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* p) => _value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreFirst(float* p, int n) => Avx.MaskStore(p, FirstLanes(n), _value);

    // Narrowing keeps the low half of each lane and the order: a's lanes come first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(byte* p, VectorF32x8 a, VectorF32x8 b, VectorF32x8 c, VectorF32x8 d)
    {
        Vector256<short> ab = Vector256.Narrow(Vector256.ConvertToInt32Native(a._value), Vector256.ConvertToInt32Native(b._value));
        Vector256<short> cd = Vector256.Narrow(Vector256.ConvertToInt32Native(c._value), Vector256.ConvertToInt32Native(d._value));
        Vector256.Narrow(ab, cd).AsByte().Store(p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator +(VectorF32x8 a, VectorF32x8 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator -(VectorF32x8 a, VectorF32x8 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator *(VectorF32x8 a, VectorF32x8 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator /(VectorF32x8 a, VectorF32x8 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator -(VectorF32x8 a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 MultiplyAdd(VectorF32x8 a, VectorF32x8 b, VectorF32x8 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator &(VectorF32x8 a, VectorF32x8 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator |(VectorF32x8 a, VectorF32x8 b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 operator ^(VectorF32x8 a, VectorF32x8 b) => new(a._value ^ b._value);

    // vmaxps and vminps give the second operand for NaN and for two zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Greater(VectorF32x8 a, VectorF32x8 b) => new(Avx.Max(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Lesser(VectorF32x8 a, VectorF32x8 b) => new(Avx.Min(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 IsGreater(VectorF32x8 a, VectorF32x8 b) => new(Vector256.GreaterThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 IsGreaterOrEqual(VectorF32x8 a, VectorF32x8 b) => new(Vector256.GreaterThanOrEqual(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 IsEqual(VectorF32x8 a, VectorF32x8 b) => new(Vector256.Equals(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Select(VectorF32x8 mask, VectorF32x8 a, VectorF32x8 b) => new(Vector256.ConditionalSelect(mask._value, a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Abs(VectorF32x8 a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Sqrt(VectorF32x8 a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Floor(VectorF32x8 a) => new(Vector256.Floor(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Ceiling(VectorF32x8 a) => new(Vector256.Ceiling(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 Round(VectorF32x8 a) => new(Vector256.Round(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 ToInt32(VectorF32x8 a) => new(Vector256.ConvertToInt32Native(a._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 FromInt32(VectorF32x8 a) => new(Vector256.ConvertToSingle(a._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 AddInt32(VectorF32x8 a, VectorF32x8 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 ShiftLeft(VectorF32x8 a, int count) => new((a._value.AsInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x8 ShiftRightArithmetic(VectorF32x8 a, int count) => new((a._value.AsInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* p) => Sse.Prefetch0(p);

    /// <summary>Mask of the lanes whose number is below <paramref name="n"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FirstLanes(int n) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(n)).AsSingle();
}
