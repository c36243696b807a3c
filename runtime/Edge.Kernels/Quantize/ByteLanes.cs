using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Tensors;

namespace Edge.Kernels.Quantize;

/// <summary>One of the two 8-bit types, on vectors of float32 lanes that hold its values.</summary>
internal unsafe interface IByteLanes
{
    static abstract DataType Type { get; }

    static abstract float Low { get; }

    static abstract float High { get; }

    static abstract V Load<V>(byte* p) where V : unmanaged, IVectorF32<V>;
}

internal readonly unsafe struct UnsignedLanes : IByteLanes
{
    public static DataType Type => DataType.UInt8;

    public static float Low => 0;

    public static float High => 255;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(byte* p) where V : unmanaged, IVectorF32<V> => V.LoadU8(p);
}

internal readonly unsafe struct SignedLanes : IByteLanes
{
    public static DataType Type => DataType.Int8;

    public static float Low => -128;

    public static float High => 127;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(byte* p) where V : unmanaged, IVectorF32<V> => V.LoadS8((sbyte*)p);
}

internal static class Rounding
{
    /// <summary><c>min(max(round(x / scale) + zeroPoint, low), high)</c>; NaN becomes low, for which the second operand is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Quantize<V>(V x, V scale, V zeroPoint, V low, V high) where V : unmanaged, IVectorF32<V> =>
        V.Lesser(V.Greater(V.Round(x / scale) + zeroPoint, low), high);
}
