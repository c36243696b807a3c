namespace Edge.Kernels.Dense;

internal static class ConvArguments
{
    /// <summary>Checks what would otherwise be read or written past its end.</summary>
    /// <exception cref="ArgumentException">The number of weights or biases does not fit the geometry.</exception>
    public static void Check(in ConvGeometry g, int weights, int biases)
    {
        long expected = (long)g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth;
        if (weights != expected) throw new ArgumentException($"{weights} weights for a convolution that has {expected}");
        if (biases != 0 && biases != g.OutChannels) throw new ArgumentException($"{biases} biases for {g.OutChannels} output channels");
    }
}
