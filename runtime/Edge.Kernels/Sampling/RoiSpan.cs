using System.Numerics;

namespace Edge.Kernels.Sampling;

/// <summary>One region along one axis: its bins and where they are sampled.</summary>
/// <param name="start">Where the region begins.</param>
/// <param name="extent">How far it reaches.</param>
/// <param name="bins">Bins of equal size.</param>
/// <param name="size">Extent of the input.</param>
/// <param name="ratio">Samples of a bin; 0: one for each started element.</param>
internal readonly struct RoiSpan<T>(T start, T extent, int bins, int size, int ratio) where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _bin = extent / T.CreateTruncating(bins);

    /// <summary>Samples of a bin, which may lie far outside the input; 0 for a region of negative extent.</summary>
    public T Samples => ratio > 0 ? T.CreateTruncating(ratio) : T.Max(T.Zero, T.Ceiling(_bin));

    /// <summary>The first and the last sample of a bin that may lie on the input; the others certainly do not.</summary>
    public (long First, long Last) Range(int bin)
    {
        long samples = long.CreateSaturating(Samples);
        if (ratio > 0) return (0, samples - 1);
        // Here a step is more than half an element wide, so that few samples lie on the input however large the region is.
        T step = _bin / Samples, origin = Origin(bin), margin = T.CreateTruncating(2);
        long first = long.CreateSaturating(T.Floor((-margin - origin) / step)), last = long.CreateSaturating(T.Ceiling((T.CreateTruncating(size) + margin - origin) / step));
        return (Math.Clamp(first, 0, samples), Math.Clamp(last, -1, samples - 1));
    }

    /// <summary>The elements on both sides of a sample and the share of the upper one; false if it lies outside.</summary>
    public bool TryLocate(int bin, long sample, out int low, out int high, out T share)
    {
        T at = Origin(bin) + (T.CreateTruncating(sample) + T.CreateTruncating(0.5)) * _bin / Samples;
        low = high = 0;
        share = T.Zero;
        if (!(at >= T.NegativeOne && at <= T.CreateTruncating(size))) return false;
        at = T.Max(at, T.Zero);
        low = Math.Min(int.CreateTruncating(at), size - 1);
        high = Math.Min(low + 1, size - 1);
        if (high > low) share = at - T.CreateTruncating(low);
        return true;
    }

    private T Origin(int bin) => start + T.CreateTruncating(bin) * _bin;
}
