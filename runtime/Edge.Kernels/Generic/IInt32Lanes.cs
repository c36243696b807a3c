namespace Edge.Kernels.Generic;

/// <summary>How a vector of int32 accumulators begins and ends.</summary>
/// <typeparam name="TAcc">The accumulators of <see cref="Lanes"/> channels.</typeparam>
internal unsafe interface IInt32Lanes<TAcc> where TAcc : struct
{
    /// <summary>Channels, one a lane.</summary>
    static abstract int Lanes { get; }

    static abstract TAcc Load(int* p);

    static abstract void Store(TAcc acc, int* p);

    /// <summary>
    /// Requantizes as <see cref="Edge.Kernels.Dense.Int8Output"/> says and writes <see cref="Lanes"/> bytes:
    /// <c>(int)roundHalfEven(min(max((float)acc · scale, low), high)) + zeroPoint</c>, of which the low eight bits are
    /// kept. Bounds already have the zero point taken off, so the result lies within the range of its type.
    /// </summary>
    static abstract void StoreBytes(TAcc acc, byte* y, float* scale, float low, float high, int zeroPoint);
}
