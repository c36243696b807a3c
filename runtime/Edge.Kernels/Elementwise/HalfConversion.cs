using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Elementwise;

/// <summary>
/// float16 and bfloat16 to float32, which is exact, and back, rounded to nearest even: in integer operations on four lanes,
/// so that every machine gives the same bits. NaN becomes a quiet NaN.
/// </summary>
public static unsafe class HalfConversion
{
    private const int Lanes = 8;

    public static void WidenFloat16(void* x, void* y, nint count) => Widen<Binary16>((ushort*)x, (float*)y, count);

    public static void WidenBFloat16(void* x, void* y, nint count) => Widen<Brain16>((ushort*)x, (float*)y, count);

    public static void NarrowToFloat16(void* x, void* y, nint count) => Narrow<Binary16>((float*)x, (ushort*)y, count);

    public static void NarrowToBFloat16(void* x, void* y, nint count) => Narrow<Brain16>((float*)x, (ushort*)y, count);

    [MethodImpl(Compile.Alone)]
    private static void Widen<T>(ushort* x, float* y, nint count) where T : struct, IFormat
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes) WidenLanes<T>(x + i, y + i);
        if (i == count) return;
        ushort* from = stackalloc ushort[Lanes];
        float* to = stackalloc float[Lanes];
        int rest = (int)(count - i);
        new Span<ushort>(x + i, rest).CopyTo(new Span<ushort>(from, Lanes));
        WidenLanes<T>(from, to);
        new Span<float>(to, rest).CopyTo(new Span<float>(y + i, rest));
    }

    [MethodImpl(Compile.Alone)]
    private static void Narrow<T>(float* x, ushort* y, nint count) where T : struct, IFormat
    {
        nint i = 0;
        for (; i <= count - Lanes; i += Lanes) NarrowLanes<T>(x + i, y + i);
        if (i == count) return;
        float* from = stackalloc float[Lanes];
        ushort* to = stackalloc ushort[Lanes];
        int rest = (int)(count - i);
        new Span<float>(x + i, rest).CopyTo(new Span<float>(from, Lanes));
        NarrowLanes<T>(from, to);
        new Span<ushort>(to, rest).CopyTo(new Span<ushort>(y + i, rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WidenLanes<T>(ushort* x, float* y) where T : struct, IFormat
    {
        var (low, high) = Vector128.Widen(Vector128.Load(x));
        T.Widen(low).AsSingle().Store(y);
        T.Widen(high).AsSingle().Store(y + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NarrowLanes<T>(float* x, ushort* y) where T : struct, IFormat =>
        Vector128.Narrow(T.Narrow(Vector128.Load(x).AsUInt32()), T.Narrow(Vector128.Load(x + 4).AsUInt32())).Store(y);

    /// <summary>A format of 16 bits; bits of it lie in the lower half of a lane.</summary>
    private interface IFormat
    {
        static abstract Vector128<uint> Widen(Vector128<uint> x);

        static abstract Vector128<uint> Narrow(Vector128<uint> x);
    }

    /// <summary>float16: 5 bits of exponent with a bias of 15, 10 of mantissa.</summary>
    private readonly struct Binary16 : IFormat
    {
        private const uint Exponent = 0x7C00 << 13, Rebias = (127 - 15) << 23, LeastNormal = 113u << 23, Half = 126u << 23;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<uint> Widen(Vector128<uint> x)
        {
            var bits = (x & Vector128.Create(0x7FFFu)) << 13;
            var exponent = bits & Vector128.Create(Exponent);
            var normal = bits + Vector128.Create(Rebias);
            var special = normal + Vector128.Create(Rebias);
            // A subnormal m·2⁻²⁴ is (2⁻¹⁴ + m·2⁻²⁴) − 2⁻¹⁴, exactly.
            var small = (bits + Vector128.Create(LeastNormal)).AsSingle() - Vector128.Create(LeastNormal).AsSingle();
            var y = Vector128.ConditionalSelect(Vector128.Equals(exponent, Vector128<uint>.Zero), small.AsUInt32(), normal);
            y = Vector128.ConditionalSelect(Vector128.Equals(exponent, Vector128.Create(Exponent)), special, y);
            return y | (x & Vector128.Create(0x8000u)) << 16;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<uint> Narrow(Vector128<uint> x)
        {
            const uint Overflow = (127 + 16) << 23, Infinity = 255u << 23;
            var a = x & Vector128.Create(0x7FFFFFFFu);
            // Half of the last place, less one where that place is even; a carry goes into the exponent, as it should.
            var odd = (a >> 13) & Vector128<uint>.One;
            var normal = (a - Vector128.Create(Rebias) + Vector128.Create(0xFFFu) + odd) >> 13;
            // Added to ½, a number is rounded to multiples of 2⁻²⁴.
            var small = (a.AsSingle() + Vector128.Create(Half).AsSingle()).AsUInt32() - Vector128.Create(Half);
            var large = Vector128.ConditionalSelect(Vector128.GreaterThan(a, Vector128.Create(Infinity)), Vector128.Create(0x7E00u), Vector128.Create(0x7C00u));
            var y = Vector128.ConditionalSelect(Vector128.LessThan(a, Vector128.Create(LeastNormal)), small, normal);
            y = Vector128.ConditionalSelect(Vector128.GreaterThanOrEqual(a, Vector128.Create(Overflow)), large, y);
            return y | (x >> 16) & Vector128.Create(0x8000u);
        }
    }

    /// <summary>bfloat16: the upper half of a float32.</summary>
    private readonly struct Brain16 : IFormat
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<uint> Widen(Vector128<uint> x) => x << 16;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<uint> Narrow(Vector128<uint> x)
        {
            var high = x >> 16;
            var rounded = (x + Vector128.Create(0x7FFFu) + (high & Vector128<uint>.One)) >> 16;
            var isNaN = Vector128.GreaterThan(x & Vector128.Create(0x7FFFFFFFu), Vector128.Create(255u << 23));
            return Vector128.ConditionalSelect(isNaN, high | Vector128.Create(0x40u), rounded);
        }
    }
}
