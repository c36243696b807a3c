using Edge.Kernels.Generic.Depthwise;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// What products of bytes take on a CPU that has no dot product of bytes: both sides are widened to 16 bits before the product
/// begins, a step is a pair of them. <c>|x · w| ≤ 255²</c>, so that pairs are summed in int32 exactly.
/// </summary>
/// <typeparam name="TAcc">int32 accumulators.</typeparam>
/// <typeparam name="TPair">A pair of int16 in every lane.</typeparam>
internal unsafe interface IWordLanes<TAcc, TPair> : IPairLanes<TAcc, TPair>
    where TAcc : struct
    where TPair : struct
{
    /// <summary>The pair at <paramref name="pair"/> in every lane.</summary>
    static abstract TPair BroadcastPair(byte* pair);

    static abstract TAcc Add(TAcc a, TAcc b);

    /// <summary>Widens twice as many bytes as there are lanes, int8 if <typeparamref name="TSigned"/>, else uint8.</summary>
    static abstract void Widen<TSigned>(byte* x, short* to) where TSigned : IFlag;
}
