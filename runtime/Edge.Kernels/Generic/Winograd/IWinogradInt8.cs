using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// As <see cref="IWinograd"/> in integers, exactly: rows of G are multiplied by what makes them integers, and outputs are
/// divided by <c>scale²</c> in the end. Everything between is arithmetic modulo 2³², in which odd factors of the divisor
/// have an inverse, so that sums may overflow as long as the result times the rest of it, a power of two, does not.
/// </summary>
internal interface IWinogradInt8
{
    /// <summary>m.</summary>
    static abstract int Outputs { get; }

    /// <summary>G times the scale of each row: <c>[m + 2][3]</c>.</summary>
    static abstract ReadOnlySpan<sbyte> WeightRows { get; }

    /// <summary>The greatest absolute weight whose transform fits in 16 bits, at most 255. The transform of inputs between −255 and 255 always fits.</summary>
    static abstract int MostWeight { get; }

    /// <summary>The greatest absolute sum of products that <see cref="Unscale"/> recovers.</summary>
    static abstract long MostSum { get; }

    /// <summary>Bᵀ d, to m + 2 vectors that are <paramref name="step"/> elements apart.</summary>
    static abstract unsafe void Input<TIsa, TAcc, TPair>(TPair d0, TPair d1, TPair d2, TPair d3, TPair d4, TPair d5, short* to, nint step)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct;

    /// <summary>Aᵀ of m + 2 vectors, <paramref name="step"/> elements apart, times the scale. Where m is 2, the last two are meaningless.</summary>
    static abstract unsafe void Output<TIsa, TAcc, TPair>(int* products, nint step, out TAcc y0, out TAcc y1, out TAcc y2, out TAcc y3)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct;

    /// <summary>Divides by the square of the scale.</summary>
    static abstract TAcc Unscale<TIsa, TAcc, TPair>(TAcc y)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct;
}
