using System.Diagnostics.CodeAnalysis;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Sums of four products of bytes: lane n gains <c>Σ a[i] · b[4n + i]</c>, i = 0…3, exactly.
/// </summary>
/// <typeparam name="TAcc">int32 accumulators.</typeparam>
/// <typeparam name="TB">Four int8 weights a lane.</typeparam>
/// <typeparam name="TX">Four bytes of A in every lane.</typeparam>
internal unsafe interface IDotLanes<TAcc, TB, TX> : IInt32Lanes<TAcc>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>A is taken as int8 if true, else as uint8. The other type is flipped: its top bits are inverted.</summary>
    static abstract bool TakesSigned { get; }

    static abstract TB LoadB(byte* p);

    static abstract TX Broadcast(byte* a);

    /// <summary>As <see cref="Broadcast"/>, with the top bit of each byte inverted.</summary>
    static abstract TX BroadcastFlipped(byte* a);

    static abstract TAcc MultiplyAdd(TAcc acc, TX a, TB b);

    static abstract TAcc Add(TAcc a, TAcc b);
}

/// <summary>Dot products with one 4-byte lane of a register of 16 bytes of A.</summary>
internal unsafe interface IByElementDotLanes<TAcc, TB, TX> : IDotLanes<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    static abstract TX LoadA(byte* a);

    static abstract TX LoadAFlipped(byte* a);

    static abstract TAcc MultiplyAddLane(TAcc acc, TX a, TB b, [ConstantExpected(Max = (byte)3)] byte lane);
}
