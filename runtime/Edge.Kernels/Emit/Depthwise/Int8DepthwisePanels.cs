namespace Edge.Kernels.Emit.Depthwise;

/// <summary>Writes the panels that <see cref="DepthwiseInt8Emitter"/> describes.</summary>
/// <param name="tiling">The convolution.</param>
/// <param name="weights"><c>[C, kH, kW]</c>, less their zero points.</param>
/// <param name="bias">One a channel, the input's zero point folded in.</param>
/// <param name="scale">One a channel.</param>
internal sealed unsafe class Int8DepthwisePanels(DepthwiseTiling tiling, sbyte[] weights, int[] bias, float[] scale)
{
    private const int Lanes = 16;

    private readonly List<TapGroup> _groups = Int8TapGroups.Of(tiling);

    /// <summary>Writes the panel of the chunk that begins with <paramref name="channel"/>; channels that do not exist stay 0.</summary>
    public void Write(byte* panel, int channel, int vectors)
    {
        int kernelHeight = tiling.Geometry.KernelHeight, kernelWidth = tiling.Geometry.KernelWidth;
        for (int v = 0; v < vectors; v++)
            for (int lane = 0; lane < Lanes; lane++)
            {
                int c = channel + (vectors == 1 ? lane : lane / 4 * 16 + 4 * v + lane % 4);
                if (c >= bias.Length) continue;
                ((int*)panel)[v * Lanes + lane] = bias[c];
                ((float*)panel)[(vectors + v) * Lanes + lane] = scale[c];
                for (int ky = 0; ky < kernelHeight; ky++)
                    for (int i = 0; i < _groups.Count; i++)
                        for (int t = 0; t < Int8TapGroups.Width; t++)
                        {
                            int kx = _groups[i].KernelColumns[t];
                            nint vector = (2 + ky * _groups.Count + i) * vectors + v;
                            if (kx >= 0) ((sbyte*)panel)[(vector * Lanes + lane) * 4 + t] = weights[(c * kernelHeight + ky) * kernelWidth + kx];
                        }
            }
    }
}
