namespace Edge.Kernels.Emit.Depthwise;

/// <summary>Writes the panels that <see cref="DepthwiseInt8Emitter"/> describes.</summary>
/// <param name="tiling">The convolution.</param>
/// <param name="weights">Its weights.</param>
/// <param name="bias">One a channel, the input's zero point folded in.</param>
/// <param name="scale">One a channel.</param>
internal sealed unsafe class Int8DepthwisePanels(DepthwiseTiling tiling, Int8TapWeights weights, int[] bias, float[] scale)
{
    private const int Lanes = 16;

    /// <summary>Writes the panel of the chunk that begins with <paramref name="channel"/>; channels that do not exist stay 0.</summary>
    public void Write(byte* panel, int channel, int vectors)
    {
        for (int v = 0; v < vectors; v++)
            for (int lane = 0; lane < Lanes; lane++)
            {
                if (Channel(v, lane) is not (>= 0 and var c)) continue;
                ((int*)panel)[v * Lanes + lane] = bias[c];
                ((float*)panel)[(vectors + v) * Lanes + lane] = scale[c];
            }
        for (int ky = 0; ky < tiling.Geometry.KernelHeight; ky++)
            foreach (TapGroup taps in weights.Groups)
            {
                (int first, int second) = weights.Place(ky, taps);
                for (int t = 0; t < Int8TapGroups.Width; t++)
                    if (taps.KernelColumns[t] is >= 0 and var kx) WriteTap(ky, kx, first, second, t);
            }

        void WriteTap(int ky, int kx, int first, int second, int t)
        {
            for (int v = 0; v < vectors; v++)
                for (int lane = 0; lane < Lanes; lane++)
                {
                    if (Channel(v, lane) is not (>= 0 and var c)) continue;
                    (sbyte one, sbyte other) = weights.Split(c, ky, kx);
                    ((sbyte*)panel)[(((nint)(2 + first) * vectors + v) * Lanes + lane) * 4 + t] = one;
                    if (second >= 0) ((sbyte*)panel)[(((nint)(2 + second) * vectors + v) * Lanes + lane) * 4 + t] = other;
                }
        }

        // −1 for one that does not exist.
        int Channel(int v, int lane)
        {
            int c = channel + (vectors == 1 ? lane : lane / 4 * 16 + 4 * v + lane % 4);
            return c < bias.Length ? c : -1;
        }
    }
}
