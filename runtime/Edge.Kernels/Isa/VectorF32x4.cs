using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Kernels.Isa;

/// <summary>Four lanes, from the operations that x86-64 (SSE4.1) and AArch64 share.</summary>
internal readonly unsafe struct VectorF32x4(Vector128<float> value) : IVectorF32<VectorF32x4>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    public static bool HasManyRegisters => AdvSimd.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Load(float* p) => new(Vector128.Load(p));

    public static VectorF32x4 LoadFirst(float* p, int n) => new(n switch
    {
        0 => default,
        1 => Vector128.CreateScalar(p[0]),
        2 => Vector128.Create(p[0], p[1], 0, 0),
        _ => Vector128.Create(p[0], p[1], p[2], 0),
    });

    // Four bytes enter the low 32 bits and widen twice.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 LoadU8(byte* p)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(p)).AsByte();
        return new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 LoadS8(sbyte* p)
    {
        Vector128<sbyte> bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(p)).AsSByte();
        return new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Splat(float x) => new(Vector128.Create(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 SplatBits(int bits) => new(Vector128.Create(bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* p) => _value.Store(p);

    public void StoreFirst(float* p, int n)
    {
        if (n > 0) p[0] = _value.GetElement(0);
        if (n > 1) p[1] = _value.GetElement(1);
        if (n > 2) p[2] = _value.GetElement(2);
    }

    // Narrowing keeps the low half of each lane and the order: a's lanes come first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(byte* p, VectorF32x4 a, VectorF32x4 b, VectorF32x4 c, VectorF32x4 d)
    {
        Vector128<short> ab = Vector128.Narrow(Vector128.ConvertToInt32Native(a._value), Vector128.ConvertToInt32Native(b._value));
        Vector128<short> cd = Vector128.Narrow(Vector128.ConvertToInt32Native(c._value), Vector128.ConvertToInt32Native(d._value));
        Vector128.Narrow(ab, cd).AsByte().Store(p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator +(VectorF32x4 a, VectorF32x4 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator -(VectorF32x4 a, VectorF32x4 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator *(VectorF32x4 a, VectorF32x4 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator /(VectorF32x4 a, VectorF32x4 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator -(VectorF32x4 a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 MultiplyAdd(VectorF32x4 a, VectorF32x4 b, VectorF32x4 c) => new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator &(VectorF32x4 a, VectorF32x4 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator |(VectorF32x4 a, VectorF32x4 b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 operator ^(VectorF32x4 a, VectorF32x4 b) => new(a._value ^ b._value);

    // maxps and minps give the second operand for NaN and for two zeros; fmax of Arm does not, so compare and select there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Greater(VectorF32x4 a, VectorF32x4 b) => 
        new(Sse.IsSupported ? Sse.Max(a._value, b._value) : Vector128.ConditionalSelect(Vector128.GreaterThan(a._value, b._value), a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Lesser(VectorF32x4 a, VectorF32x4 b) => 
        new(Sse.IsSupported ? Sse.Min(a._value, b._value) : Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 IsGreater(VectorF32x4 a, VectorF32x4 b) => new(Vector128.GreaterThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 IsGreaterOrEqual(VectorF32x4 a, VectorF32x4 b) => new(Vector128.GreaterThanOrEqual(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 IsEqual(VectorF32x4 a, VectorF32x4 b) => new(Vector128.Equals(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Select(VectorF32x4 mask, VectorF32x4 a, VectorF32x4 b) => new(Vector128.ConditionalSelect(mask._value, a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Abs(VectorF32x4 a) => new(Vector128.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Sqrt(VectorF32x4 a) => new(Vector128.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Floor(VectorF32x4 a) => new(Vector128.Floor(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Ceiling(VectorF32x4 a) => new(Vector128.Ceiling(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 Round(VectorF32x4 a) => new(Vector128.Round(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 ToInt32(VectorF32x4 a) => new(Vector128.ConvertToInt32Native(a._value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 FromInt32(VectorF32x4 a) => new(Vector128.ConvertToSingle(a._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 AddInt32(VectorF32x4 a, VectorF32x4 b) => new((a._value.AsInt32() + b._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 ShiftLeft(VectorF32x4 a, int count) => new((a._value.AsInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF32x4 ShiftRightArithmetic(VectorF32x4 a, int count) => new((a._value.AsInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* p)
    {
        if (Sse.IsSupported) Sse.Prefetch0(p);
    }
}
