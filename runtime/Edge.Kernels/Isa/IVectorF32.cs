using System.Runtime.CompilerServices;

namespace Edge.Kernels.Isa;

/// <summary>
/// A vector of <see cref="Count"/> float32 lanes: what elementwise, pooling, quantization and reduction routines are
/// written against, once, and closed over for each instruction set. <see cref="VectorF32x1"/> is the definition.
/// </summary>
/// <remarks>
/// Every operation works on each lane alone, rounds once, to nearest even, keeps denormals, and gives the same bits on
/// every implementation, <see cref="MultiplyAdd"/> aside; only the sign and payload of a NaN may differ. A mask is a
/// vector whose lanes have all bits set or none; bit operations treat a lane as 32 bits.
/// </remarks>
internal unsafe interface IVectorF32<V> where V : unmanaged, IVectorF32<V>
{
    /// <summary>Lanes: 1, 4, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>There are 32 registers, else 16.</summary>
    static virtual bool HasManyRegisters => false;

    static abstract V Load(float* p);

    /// <summary>The first <paramref name="n"/> lanes, 0 ≤ n &lt; Count, from memory, the others 0. Nothing past them is read.</summary>
    static abstract V LoadFirst(float* p, int n);

    /// <summary><see cref="Count"/> unsigned bytes, each converted.</summary>
    static abstract V LoadU8(byte* p);

    /// <summary><see cref="Count"/> signed bytes, each converted.</summary>
    static abstract V LoadS8(sbyte* p);

    static abstract V Splat(float x);

    /// <summary>All lanes hold these 32 bits.</summary>
    static abstract V SplatBits(int bits);

    void Store(float* p);

    /// <summary>Writes the first <paramref name="n"/> lanes, 0 ≤ n &lt; Count, and nothing past them.</summary>
    void StoreFirst(float* p, int n);

    /// <summary>
    /// Writes one byte a lane, a's lanes first, 4·Count bytes in all. Lanes hold integers between −128 and 255; the low
    /// eight bits are stored.
    /// </summary>
    static abstract void StoreBytes(byte* p, V a, V b, V c, V d);

    static abstract V operator +(V a, V b);

    static abstract V operator -(V a, V b);

    static abstract V operator *(V a, V b);

    static abstract V operator /(V a, V b);

    static abstract V operator -(V a);

    static abstract V operator &(V a, V b);

    static abstract V operator |(V a, V b);

    static abstract V operator ^(V a, V b);

    /// <summary>a &gt; b ? a : b; so b where either is NaN or both are zero.</summary>
    static abstract V Greater(V a, V b);

    /// <summary>a &lt; b ? a : b; so b where either is NaN or both are zero.</summary>
    static abstract V Lesser(V a, V b);

    /// <summary>Mask of a &gt; b.</summary>
    static abstract V IsGreater(V a, V b);

    /// <summary>Mask of a ≥ b.</summary>
    static abstract V IsGreaterOrEqual(V a, V b);

    /// <summary>Mask of a = b.</summary>
    static abstract V IsEqual(V a, V b);

    /// <summary>a where the mask is set, else b.</summary>
    static abstract V Select(V mask, V a, V b);

    static abstract V Abs(V a);

    static abstract V Sqrt(V a);

    static abstract V Floor(V a);

    static abstract V Ceiling(V a);

    /// <summary>To the nearest integer, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>Lanes as int32 bits. They must hold integers within the range of int32; others give unspecified bits.</summary>
    static abstract V ToInt32(V a);

    /// <summary>Lanes hold int32 bits; they are converted to float32.</summary>
    static abstract V FromInt32(V a);

    /// <summary>Lanes hold int32 bits; wraps.</summary>
    static abstract V AddInt32(V a, V b);

    static abstract V ShiftLeft(V a, int count);

    /// <summary>Keeps the sign bit.</summary>
    static abstract V ShiftRightArithmetic(V a, int count);

    /// <summary>
    /// a·b + c, rounded once where the CPU is faster so, else twice: the one operation that gives other bits elsewhere, for what
    /// follows the sums of convolutions, whose bits differ anyway.
    /// </summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a·2ⁿ, rounded once, for ½ ≤ a ≤ 2 and integers −150 ≤ n ≤ 128 held as float32.</summary>
    /// <remarks>Two factors: an exponent only reaches from −126 to 127. The first product is exact.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual V Scale(V a, V n)
    {
        V half = V.Floor(n * V.Splat(0.5f));
        return a * V.PowerOfTwo(half) * V.PowerOfTwo(n - half);
    }

    /// <summary>Of the eight codes of 4 bits that a lane holds, the first lies in its lowest bits, else in its highest: where <see cref="Int4"/> reads.</summary>
    static virtual bool Int4LowFirst => false;

    /// <summary>The first of the eight codes that each lane holds, −8 … 7 in two's complement, as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual V Int4(V codes) => V.FromInt32(V.ShiftRightArithmetic(codes, 28));

    /// <summary>Brings the next code of each lane to where <see cref="Int4"/> reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual V NextInt4(V codes) => V.ShiftLeft(codes, 4);

    /// <summary>Fetches the line at <paramref name="p"/>, which may lie outside of all memory; does nothing where there is no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Prefetch(byte* p)
    {
    }

    /// <summary>2ⁿ for integers −126 ≤ n ≤ 127 held as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual V PowerOfTwo(V n) => V.ShiftLeft(V.AddInt32(V.ToInt32(n), V.SplatBits(127)), 23);
}
