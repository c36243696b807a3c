using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic;

/// <summary>
/// Brings operands to the types that kernels take without changing any difference to a zero point: an unsigned number
/// less 128 has the same bits as the signed one with its top bit inverted, and the zero point moves along.
/// </summary>
internal static class Int8Normalization
{
    /// <summary>What exclusive or turns a byte of the other signedness into.</summary>
    public const byte Flip = 0x80;

    /// <summary>The flip that makes weights int8.</summary>
    public static byte WeightFlip(in Int8Weights weights) => weights.Signed ? (byte)0 : Flip;

    /// <summary>Zero points of the weights once they are int8, one for each output channel.</summary>
    public static int[] WeightZeroPoints(in Int8Weights weights, int channels)
    {
        int[] zeroPoints = weights.PerChannelZeroPoints(channels);
        if (!weights.Signed)
            for (int i = 0; i < zeroPoints.Length; i++) zeroPoints[i] -= 128;
        return zeroPoints;
    }

    /// <summary>A zero point of a <paramref name="signed"/> or unsigned type as it is after the change to <paramref name="toSigned"/>.</summary>
    public static int ZeroPoint(int zeroPoint, bool signed, bool toSigned) => zeroPoint + (signed == toSigned ? 0 : toSigned ? -128 : 128);
}
