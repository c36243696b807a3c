using System.Diagnostics.CodeAnalysis;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// The operations from which a register tile is built: <c>C[MR][2·Lanes] = init + A·B</c>, whatever the data type.
/// </summary>
/// <remarks>
/// A step consumes 4 bytes of each row of A (one float32, or four int8) and, for each lane, the four
/// bytes that go with them in the packed panel of B.
/// </remarks>
/// <typeparam name="TAcc"><see cref="Lanes"/> accumulators of 4 bytes.</typeparam>
/// <typeparam name="TB">What is loaded of B in a step for <see cref="Lanes"/> columns.</typeparam>
/// <typeparam name="TX">Four bytes of A, in every lane.</typeparam>
internal unsafe interface ITile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>Columns of one accumulator.</summary>
    static abstract int Lanes { get; }

    /// <summary>Whether the tile has <c>2 · Lanes</c> columns, else only the left half of them.</summary>
    static abstract bool HasRight { get; }

    static abstract TAcc Zero { get; }

    /// <summary>Loads <see cref="Lanes"/> initial values, int32 or float32.</summary>
    static abstract TAcc LoadInit(byte* p);

    static abstract TB LoadB(byte* p);

    static abstract TX Broadcast(byte* a);

    /// <summary>Adds to lane n the product of A's step with B's step for column n.</summary>
    static abstract TAcc MultiplyAdd(TAcc acc, TX a, TB b);

    static abstract TAcc Add(TAcc a, TAcc b);

    /// <summary>Turns the left half of a finished row into output elements; the row's begin at <paramref name="y"/>.</summary>
    static abstract void StoreLeft(TileArguments* t, byte* y, TAcc c0);

    /// <summary>The same for the right half.</summary>
    static abstract void StoreRight(TileArguments* t, byte* y, TAcc c1);
}

/// <summary>A tile that can take A sixteen bytes at a time: four steps, one a 4-byte lane.</summary>
internal unsafe interface IByElementTile<TAcc, TB, TX> : ITile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>Loads four steps of a row of A.</summary>
    static abstract TX LoadA(byte* a);

    /// <summary>As <see cref="ITile{TAcc,TB,TX}.MultiplyAdd"/> with step <paramref name="lane"/> of <paramref name="a"/>.</summary>
    static abstract TAcc MultiplyAddLane(TAcc acc, TX a, TB b, [ConstantExpected(Max = (byte)3)] byte lane);
}
