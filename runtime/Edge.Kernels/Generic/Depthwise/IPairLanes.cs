namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// Products of two taps at once: lane n gains <c>x₀[n] · w₀[n] + x₁[n] · w₁[n]</c>, exactly. Inputs are bytes, weights are
/// int16 between −255 and 255 (their zero points are taken off). A lane is a channel.
/// </summary>
/// <typeparam name="TAcc">int32 accumulators.</typeparam>
/// <typeparam name="TPair">Two taps' inputs, or weights, widened to 16 bits.</typeparam>
internal unsafe interface IPairLanes<TAcc, TPair> : IInt32Lanes<TAcc>
    where TAcc : struct
    where TPair : struct
{
    /// <summary>Loads <see cref="IInt32Lanes{TAcc}.Lanes"/> bytes of each tap, int8 if <typeparamref name="TSigned"/>, else uint8.</summary>
    static abstract TPair LoadInputs<TSigned>(byte* x0, byte* x1) where TSigned : IFlag;

    /// <summary>Loads one tap; the second is not defined.</summary>
    static abstract TPair LoadInput<TSigned>(byte* x) where TSigned : IFlag;

    /// <summary>Loads what <see cref="PackWeights"/> wrote.</summary>
    static abstract TPair LoadWeights(short* w);

    static abstract TAcc MultiplyAdd(TAcc acc, TPair x, TPair w);

    /// <summary>As <see cref="MultiplyAdd"/> where the second tap's weights are 0 and its input is not defined.</summary>
    static abstract TAcc MultiplyAddFirst(TAcc acc, TPair x, TPair w);

    /// <summary>As <see cref="IInt32Lanes{TAcc}.StoreBytes"/> for the same channels of four pixels, the last one first, so that another may lie at the same place.</summary>
    static abstract void StorePixels(TAcc a0, TAcc a1, TAcc a2, TAcc a3, byte* y0, byte* y1, byte* y2, byte* y3, float* scale, float low, float high, int zeroPoint);

    /// <summary>Arranges <see cref="IInt32Lanes{TAcc}.Lanes"/> weights of each of two taps, twice as many in all.</summary>
    static abstract void PackWeights(short* w0, short* w1, short* to);
}
