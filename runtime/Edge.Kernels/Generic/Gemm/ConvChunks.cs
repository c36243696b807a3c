using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Into how much work a convolution is cut for several threads.</summary>
internal static class ConvChunks
{
    /// <summary>
    /// Processor cycles of a whole convolution below which threads do not share it: a dozen cache lines go from core to core for that,
    /// and the input and output besides, each at 100 to 1000 cycles.
    /// </summary>
    private const long LeastCycles = 16 * 1024;

    /// <summary>Cycles of a thread's only chunk at least.</summary>
    private const long LeastCyclesOfThread = LeastCycles / 2;

    /// <summary>Cycles for each thread from which shares had better be of one size. Of less the calling one takes more, as others begin later.</summary>
    private const long LeastCyclesOfEqualShares = 32 * 1024;

    private const int BytesOfLane = 4;

    /// <summary>How many chunks are worth it: as many for each thread, or one for some of them.</summary>
    public static long Wanted(in ConvLayout layout, int threads)
    {
        long cycles = Cycles(layout);
        if (threads == 1 || cycles < LeastCycles) return 1;
        return cycles < LeastCyclesOfThread * threads ? cycles / LeastCyclesOfThread : (long)threads * ThreadChunks.Of(cycles, threads);
    }

    /// <summary>Whether threads had better have as much of it.</summary>
    public static bool HasEqualShares(in ConvLayout layout, int threads) => threads > 1 && Cycles(layout) >= LeastCyclesOfEqualShares * threads;

    /// <summary>
    /// Processor cycles that the products take at least: a tile has two registers of columns, of which a lane takes four bytes, and CPUs
    /// multiply with two registers a cycle; tiles with longer steps take several instructions for one.
    /// </summary>
    public static long Cycles(in ConvLayout layout) =>
        layout.Geometry.Macs / (layout.Columns * (Math.Min(layout.StepBytes, BytesOfLane) / layout.ElementBytes));
}
