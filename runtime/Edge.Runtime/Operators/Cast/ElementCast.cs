using System.Numerics;
using Edge.Kernels.Elementwise;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>
/// Conversion of elements, for every pair of numeric types and bool. Between integers the low bits are kept (two's
/// complement); a floating-point number becomes the integer towards zero, saturated, NaN 0 (ONNX leaves both open);
/// to a narrower floating-point type it rounds to nearest even. Integers of 2 and 4 bits keep the low bits of the integer,
/// or of the one next to a floating-point number (ties to even). Whatever is not 0 is true, and true is 1.
/// </summary>
internal static unsafe class ElementCast
{
    // bfloat16 goes through float32 in blocks of this many elements.
    private const int Block = 256;

    /// <summary>The loop from one type to another: source, target, count. The two are different types.</summary>
    public static delegate*<void*, void*, nint, void> Find(DataType from, DataType to) => (from, to) switch
    {
        (DataType.Float16, DataType.Float32) => &HalfConversion.WidenFloat16,
        (DataType.BFloat16, DataType.Float32) => &HalfConversion.WidenBFloat16,
        (DataType.Float32, DataType.Float16) => &HalfConversion.NarrowToFloat16,
        (DataType.Float32, DataType.BFloat16) => &HalfConversion.NarrowToBFloat16,
        _ => FindPlain(from, to),
    };

    private static delegate*<void*, void*, nint, void> FindPlain(DataType from, DataType to) => from.Unpacked() switch
    {
        DataType.Float32 => To<float>(to),
        DataType.Float64 => To<double>(to),
        DataType.Float16 => To<Half>(to),
        DataType.BFloat16 => FromBFloat16(to),
        DataType.UInt8 or DataType.Bool => To<byte>(to),
        DataType.Int8 => To<sbyte>(to),
        DataType.UInt16 => To<ushort>(to),
        DataType.Int16 => To<short>(to),
        DataType.UInt32 => To<uint>(to),
        DataType.Int32 => To<int>(to),
        DataType.UInt64 => To<ulong>(to),
        DataType.Int64 => To<long>(to),
        _ => throw new ArgumentException($"{from.OnnxName()} cannot be cast"),
    };

    /// <summary>The number 1, or true, as a scalar.</summary>
    public static Tensor One(DataType type)
    {
        var one = Tensor.Create<float>(Shape.Scalar, [1]);
        if (type == DataType.Float32) return one;
        var element = Tensor.Create(type, Shape.Scalar);
        Find(DataType.Float32, type)(one.Data, element.Data, 1);
        GC.KeepAlive(one);
        return element;
    }

    private static delegate*<void*, void*, nint, void> To<TFrom>(DataType to) where TFrom : unmanaged, INumber<TFrom> => to switch
    {
        DataType.Float32 => &Convert<TFrom, float>,
        DataType.Float64 => &Convert<TFrom, double>,
        DataType.Float16 => &Convert<TFrom, Half>,
        DataType.BFloat16 => &ToBFloat16<TFrom>,
        DataType.UInt8 => &Convert<TFrom, byte>,
        DataType.Int8 => &Convert<TFrom, sbyte>,
        DataType.UInt16 => &Convert<TFrom, ushort>,
        DataType.Int16 => &Convert<TFrom, short>,
        DataType.UInt32 => &Convert<TFrom, uint>,
        DataType.Int32 => &Convert<TFrom, int>,
        DataType.UInt64 => &Convert<TFrom, ulong>,
        DataType.Int64 => &Convert<TFrom, long>,
        DataType.Bool => &ToBool<TFrom>,
        DataType.Int4 => &ToPacked<TFrom, Int4Range>,
        DataType.UInt4 => &ToPacked<TFrom, UInt4Range>,
        DataType.Int2 => &ToPacked<TFrom, Int2Range>,
        DataType.UInt2 => &ToPacked<TFrom, UInt2Range>,
        _ => throw new ArgumentException($"nothing can be cast to {to.OnnxName()}"),
    };

    private static delegate*<void*, void*, nint, void> FromBFloat16(DataType to) => to switch
    {
        DataType.Float64 => &FromBFloat16<double>,
        DataType.Float16 => &FromBFloat16<Half>,
        DataType.UInt8 => &FromBFloat16<byte>,
        DataType.Int8 => &FromBFloat16<sbyte>,
        DataType.UInt16 => &FromBFloat16<ushort>,
        DataType.Int16 => &FromBFloat16<short>,
        DataType.UInt32 => &FromBFloat16<uint>,
        DataType.Int32 => &FromBFloat16<int>,
        DataType.UInt64 => &FromBFloat16<ulong>,
        DataType.Int64 => &FromBFloat16<long>,
        DataType.Bool => &BoolFromBFloat16,
        DataType.Int4 => &PackedFromBFloat16<Int4Range>,
        DataType.UInt4 => &PackedFromBFloat16<UInt4Range>,
        DataType.Int2 => &PackedFromBFloat16<Int2Range>,
        DataType.UInt2 => &PackedFromBFloat16<UInt2Range>,
        _ => throw new ArgumentException($"nothing can be cast to {to.OnnxName()}"),
    };

    private static void Convert<TFrom, TTo>(void* x, void* y, nint count)
        where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
    {
        for (nint i = 0; i < count; i++) ((TTo*)y)[i] = TTo.CreateTruncating(((TFrom*)x)[i]);
    }

    private static void ToBool<TFrom>(void* x, void* y, nint count) where TFrom : unmanaged, INumber<TFrom>
    {
        for (nint i = 0; i < count; i++) ((bool*)y)[i] = ((TFrom*)x)[i] != TFrom.Zero;
    }

    private static void FromBFloat16<TTo>(void* x, void* y, nint count) where TTo : unmanaged, INumber<TTo>
    {
        float* block = stackalloc float[Block];
        for (nint i = 0; i < count; i += Block) Convert<float, TTo>(block, (TTo*)y + i, Widen((ushort*)x + i, block, count - i));
    }

    private static void PackedFromBFloat16<TRange>(void* x, void* y, nint count) where TRange : struct, IPackedRange
    {
        float* block = stackalloc float[Block];
        for (nint i = 0; i < count; i += Block) ToPacked<float, TRange>(block, (byte*)y + i, Widen((ushort*)x + i, block, count - i));
    }

    /// <summary>At most a block of bfloat16 as float32; returns how many.</summary>
    private static nint Widen(ushort* x, float* block, nint count)
    {
        nint n = Math.Min(Block, count);
        HalfConversion.WidenBFloat16(x, block, n);
        return n;
    }

    private static void ToPacked<TFrom, TRange>(void* x, void* y, nint count)
        where TFrom : unmanaged, INumber<TFrom> where TRange : struct, IPackedRange
    {
        bool rounds = typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double) || typeof(TFrom) == typeof(Half);
        for (nint i = 0; i < count; i++)
        {
            TFrom v = ((TFrom*)x)[i];
            long n = rounds ? (long)Math.Round(double.CreateTruncating(v), MidpointRounding.ToEven) : long.CreateTruncating(v);
            int high = (byte)n << (8 - TRange.Bits) & 0xFF;
            ((byte*)y)[i] = TRange.Signed ? (byte)((sbyte)high >> (8 - TRange.Bits)) : (byte)(high >> (8 - TRange.Bits));
        }
    }

    private static void BoolFromBFloat16(void* x, void* y, nint count)
    {
        // Everything but the sign bit is 0 in a zero.
        for (nint i = 0; i < count; i++) ((bool*)y)[i] = (((ushort*)x)[i] & 0x7FFF) != 0;
    }

    private static void ToBFloat16<TFrom>(void* x, void* y, nint count) where TFrom : unmanaged, INumber<TFrom>
    {
        float* block = stackalloc float[Block];
        for (nint i = 0; i < count; i += Block)
        {
            nint n = Math.Min(Block, count - i);
            Convert<TFrom, float>((TFrom*)x + i, block, n);
            HalfConversion.NarrowToBFloat16(block, (ushort*)y + i, n);
        }
    }

    /// <summary>An integer type of less than a byte.</summary>
    private interface IPackedRange
    {
        static abstract int Bits { get; }

        static abstract bool Signed { get; }
    }

    private readonly struct Int4Range : IPackedRange
    {
        public static int Bits => 4;

        public static bool Signed => true;
    }

    private readonly struct UInt4Range : IPackedRange
    {
        public static int Bits => 4;

        public static bool Signed => false;
    }

    private readonly struct Int2Range : IPackedRange
    {
        public static int Bits => 2;

        public static bool Signed => true;
    }

    private readonly struct UInt2Range : IPackedRange
    {
        public static int Bits => 2;

        public static bool Signed => false;
    }
}
