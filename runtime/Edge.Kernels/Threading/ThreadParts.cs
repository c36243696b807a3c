using Edge.Tensors;

namespace Edge.Kernels.Threading;

/// <summary>Memory that threads divide.</summary>
internal static class ThreadParts
{
    /// <summary>
    /// How far parts lie apart: as far as they can, which is the same for all that divide the same memory, whatever they need of it. A line
    /// of memory that another core has written last takes several times as long to write.
    /// </summary>
    /// <param name="bytes">Of the memory; where that is too little for all parts, they lie one behind the other.</param>
    /// <param name="threads">Parts.</param>
    /// <param name="least">Bytes of a part.</param>
    public static nint Stride(nint bytes, int threads, nint least) => nint.Max(bytes / threads / Tensor.Alignment * Tensor.Alignment, least);
}
