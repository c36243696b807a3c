namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// A convolution that can be computed a few output rows at a time, for whoever keeps no more than a strip of its input or
/// output in the cache. Only without a channel multiplier.
/// </summary>
internal unsafe interface IRowStrips
{
    /// <summary>Output rows that are computed together: strips begin at multiples of it, and end there or at the last row.</summary>
    int StripRows { get; }

    /// <summary>
    /// Output rows <paramref name="from"/> to <paramref name="to"/> − 1 of one image, computed on the calling thread: the
    /// same bytes as those of a whole run. Allocates nothing; several threads may call at once.
    /// </summary>
    /// <param name="x">
    /// Where row 0 of the input <c>[H,W,C]</c> would lie. Of the rows only those are read that these outputs see and that lie
    /// inside the image; int8 inputs are followed by slack, as for a whole run.
    /// </param>
    /// <param name="y">Where row 0 of the output <c>[OH,OW,C]</c> would lie; only rows <paramref name="from"/> to <paramref name="to"/> − 1 are written.</param>
    /// <param name="from">A multiple of <see cref="StripRows"/>.</param>
    /// <param name="to">A multiple of it, or the number of output rows.</param>
    void RunRows(byte* x, byte* y, int from, int to);
}
