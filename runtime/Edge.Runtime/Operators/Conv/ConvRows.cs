using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>Convolutions by rows: a row is a pixel of the output.</summary>
internal static class ConvRows
{
    /// <summary>What a kernel reads for some pixels of a convolution over channels-last pictures.</summary>
    public static RowReach ReachOf(PreparedConv kernel, in ConvGeometry g, nint rows) =>
        rows != g.Pixels || !kernel.TakesRanges ? RowReach.None : kernel.TakesPixels ? RowReach.Same : RowReach.All;
}
