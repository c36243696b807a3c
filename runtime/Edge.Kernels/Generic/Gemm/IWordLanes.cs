using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Widens twice as many bytes as there are lanes, int8 if <typeparamref name="TSigned"/>, else uint8.</summary>
    static abstract TPair LoadWide<TSigned>(byte* x) where TSigned : IFlag;

    static abstract TPair LoadWords(short* p);

    static abstract void StoreWords(TPair words, short* p);

    static abstract TPair CreateWords(short value);

    static abstract TPair AddWords(TPair a, TPair b);

    static abstract TPair SubtractWords(TPair a, TPair b);

    static abstract TPair ShiftWordsLeft(TPair words, [ConstantExpected] int count);

    static abstract TAcc Create(int value);

    static abstract TAcc Add(TAcc a, TAcc b);

    static abstract TAcc Subtract(TAcc a, TAcc b);

    /// <summary>The lower 32 bits of products.</summary>
    static abstract TAcc Multiply(TAcc a, TAcc b);

    static abstract TAcc ShiftLeft(TAcc a, [ConstantExpected] int count);

    /// <summary>The sign bit moves in.</summary>
    static abstract TAcc ShiftRight(TAcc a, [ConstantExpected] int count);
}
