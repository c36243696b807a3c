namespace Edge.Kernels.Generic.Gemm;

/// <summary>Into how much work a convolution is cut for several threads.</summary>
internal static class ConvChunks
{
    /// <summary>
    /// Processor cycles of a whole convolution below which threads do not share it: a dozen cache lines go from core to core for that,
    /// and the input and output besides, each at 100 to 1000 cycles.
    /// </summary>
    private const long LeastCycles = 16 * 1024;

    /// <summary>Multiply-accumulates of a chunk at least: some microseconds on a small core.</summary>
    private const long LeastMacs = 256 * 1024;

    private const int BytesOfLane = 4;

    /// <summary>Chunks for each thread, so that one that is held up does not delay the others.</summary>
    private const int PerThread = 3;

    /// <summary>How many chunks are worth it.</summary>
    public static long Wanted(in ConvLayout layout, int threads)
    {
        long macs = layout.Geometry.Macs;
        // A tile has two registers of columns, of which a lane takes four bytes, and CPUs multiply with two registers a cycle; tiles with
        // longer steps take several instructions for one.
        long macsPerCycle = layout.Columns * (Math.Min(layout.StepBytes, BytesOfLane) / layout.ElementBytes);
        return threads == 1 || macs < LeastCycles * macsPerCycle ? 1 : Math.Clamp(macs / LeastMacs, 1, threads * PerThread);
    }
}
