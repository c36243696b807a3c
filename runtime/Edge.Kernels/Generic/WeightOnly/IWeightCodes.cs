using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>How codes of some bits become float32, one row after the other. A reader holds what is left of a group of eight rows of one vector of columns.</summary>
internal unsafe interface IWeightCodes<V> where V : unmanaged, IVectorF32<V>
{
    /// <summary>Bytes of eight rows of a vector of columns.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>Begins a group: what is kept in a register.</summary>
    static abstract V Begin(byte* group);

    /// <summary>Row <paramref name="row"/> of the group.</summary>
    /// <param name="state">What is kept.</param>
    /// <param name="group">The group's first bytes, of the first vector of its panel.</param>
    /// <param name="vector">Of the panel.</param>
    /// <param name="vectors">Of the panel.</param>
    /// <param name="row">0 to 7.</param>
    static abstract V Row(V state, byte* group, int vector, int vectors, int row);

    /// <summary>What is kept for the next row.</summary>
    static abstract V Next(V state);
}

/// <summary>Codes of 8 bits: a row is a vector of bytes.</summary>
internal readonly unsafe struct Int8Codes<V> : IWeightCodes<V> where V : unmanaged, IVectorF32<V>
{
    public static int GroupBytes => 8 * V.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Begin(byte* group) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Row(V state, byte* group, int vector, int vectors, int row) => V.LoadS8((sbyte*)group + (nint)(row * vectors + vector) * V.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Next(V state) => state;
}

/// <summary>Codes of 4 bits: a group is one vector of 32-bit lanes.</summary>
internal readonly unsafe struct Int4Codes<V> : IWeightCodes<V> where V : unmanaged, IVectorF32<V>
{
    public static int GroupBytes => 4 * V.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Begin(byte* group) => V.Load((float*)group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Row(V state, byte* group, int vector, int vectors, int row) => V.Int4(state);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Next(V state) => V.NextInt4(state);
}
