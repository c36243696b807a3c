namespace Edge.Kernels.Isa;

/// <summary>One lane: the definition that the other vectors are held to.</summary>
internal readonly unsafe struct VectorF32x1(float value) : IVectorF32<VectorF32x1>
{
    private readonly float _value = value;

    private VectorF32x1(int bits)
        : this(BitConverter.Int32BitsToSingle(bits))
    {
    }

    private int Bits => BitConverter.SingleToInt32Bits(_value);

    public static int Count => 1;

    public static VectorF32x1 Load(float* p) => new(*p);

    public static VectorF32x1 LoadFirst(float* p, int n) => default;

    public static VectorF32x1 LoadU8(byte* p) => new((float)*p);

    public static VectorF32x1 LoadS8(sbyte* p) => new((float)*p);

    public static VectorF32x1 Splat(float x) => new(x);

    public static VectorF32x1 SplatBits(int bits) => new(bits);

    public void Store(float* p) => *p = _value;

    public void StoreFirst(float* p, int n)
    {
    }

    public static void StoreBytes(byte* p, VectorF32x1 a, VectorF32x1 b, VectorF32x1 c, VectorF32x1 d)
    {
        p[0] = (byte)(int)a._value;
        p[1] = (byte)(int)b._value;
        p[2] = (byte)(int)c._value;
        p[3] = (byte)(int)d._value;
    }

    public static VectorF32x1 operator +(VectorF32x1 a, VectorF32x1 b) => new(a._value + b._value);

    public static VectorF32x1 operator -(VectorF32x1 a, VectorF32x1 b) => new(a._value - b._value);

    public static VectorF32x1 operator *(VectorF32x1 a, VectorF32x1 b) => new(a._value * b._value);

    public static VectorF32x1 operator /(VectorF32x1 a, VectorF32x1 b) => new(a._value / b._value);

    public static VectorF32x1 operator -(VectorF32x1 a) => new(-a._value);

    public static VectorF32x1 MultiplyAdd(VectorF32x1 a, VectorF32x1 b, VectorF32x1 c) => new(float.MultiplyAddEstimate(a._value, b._value, c._value));

    public static VectorF32x1 operator &(VectorF32x1 a, VectorF32x1 b) => new(a.Bits & b.Bits);

    public static VectorF32x1 operator |(VectorF32x1 a, VectorF32x1 b) => new(a.Bits | b.Bits);

    public static VectorF32x1 operator ^(VectorF32x1 a, VectorF32x1 b) => new(a.Bits ^ b.Bits);

    public static VectorF32x1 Greater(VectorF32x1 a, VectorF32x1 b) => a._value > b._value ? a : b;

    public static VectorF32x1 Lesser(VectorF32x1 a, VectorF32x1 b) => a._value < b._value ? a : b;

    public static VectorF32x1 IsGreater(VectorF32x1 a, VectorF32x1 b) => Mask(a._value > b._value);

    public static VectorF32x1 IsGreaterOrEqual(VectorF32x1 a, VectorF32x1 b) => Mask(a._value >= b._value);

    public static VectorF32x1 IsEqual(VectorF32x1 a, VectorF32x1 b) => Mask(a._value == b._value);

    public static VectorF32x1 Select(VectorF32x1 mask, VectorF32x1 a, VectorF32x1 b) => mask.Bits != 0 ? a : b;

    public static VectorF32x1 Abs(VectorF32x1 a) => new(MathF.Abs(a._value));

    public static VectorF32x1 Sqrt(VectorF32x1 a) => new(MathF.Sqrt(a._value));

    public static VectorF32x1 Floor(VectorF32x1 a) => new(MathF.Floor(a._value));

    public static VectorF32x1 Ceiling(VectorF32x1 a) => new(MathF.Ceiling(a._value));

    public static VectorF32x1 Round(VectorF32x1 a) => new(MathF.Round(a._value, MidpointRounding.ToEven));

    public static VectorF32x1 ToInt32(VectorF32x1 a) => new((int)a._value);

    public static VectorF32x1 FromInt32(VectorF32x1 a) => new((float)a.Bits);

    public static VectorF32x1 AddInt32(VectorF32x1 a, VectorF32x1 b) => new(unchecked(a.Bits + b.Bits));

    public static VectorF32x1 ShiftLeft(VectorF32x1 a, int count) => new(a.Bits << count);

    public static VectorF32x1 ShiftRightArithmetic(VectorF32x1 a, int count) => new(a.Bits >> count);

    private static VectorF32x1 Mask(bool set) => new(set ? -1 : 0);
}
