namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Weights whose products <see cref="IDepthLanes{TAcc,TX,TProducts}"/> cannot add in 16 bits: −128 in both of two terms that
/// share a lane. With inputs of −128 their sum is 2 · 16384, one more than int16 holds; every other sum fits.
/// </summary>
internal static class LowestPairs
{
    /// <summary>Terms between the two.</summary>
    private const int Distance = 8;

    /// <summary>Whether any column has such a pair.</summary>
    /// <param name="layout">Where weights come to lie.</param>
    /// <param name="weights"><c>[OutC, InC/group, kH, kW]</c>.</param>
    /// <param name="flip">What makes them int8.</param>
    public static bool Any(in ConvLayout layout, ReadOnlySpan<byte> weights, byte flip)
    {
        byte lowest = (byte)(unchecked((byte)sbyte.MinValue) ^ flip);
        if (!weights.Contains(lowest)) return false;
        int[] places = PackedWeights.Places(layout, layout.StepBytes, 1);
        var isLowest = new bool[layout.Taps * layout.TapBytes];
        for (; !weights.IsEmpty; weights = weights[places.Length..])
        {
            ReadOnlySpan<byte> column = weights[..places.Length];
            if (!column.Contains(lowest)) continue;
            Array.Clear(isLowest);
            for (int i = 0; i < places.Length; i++) isLowest[places[i]] = column[i] == lowest;
            for (int i = 0; i < isLowest.Length; i++)
                if (isLowest[i] && isLowest[i ^ Distance]) return true;
        }

        return false;
    }
}
