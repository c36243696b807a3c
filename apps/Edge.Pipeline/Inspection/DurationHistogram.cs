using System.Numerics;

namespace Edge.Pipeline.Inspection;

/// <summary>
/// Counts durations in buckets that are at most 1/16 wide relative to their value, from 0.1 µs to centuries, in constant memory: percentiles
/// of a line that runs for months.
/// </summary>
/// <remarks>One writer; readers on other threads see a recent state.</remarks>
public sealed class DurationHistogram
{
    private const int SubBits = 4, Sub = 1 << SubBits;
    private readonly long[] _counts = new long[(64 - SubBits) * Sub];
    private long _count, _ticks, _max;

    public long Count => Volatile.Read(ref _count);

    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : new TimeSpan(Volatile.Read(ref _ticks) / Count);

    public TimeSpan Max => new(Volatile.Read(ref _max));

    /// <param name="duration">Negative durations count as 0.</param>
    public void Add(TimeSpan duration)
    {
        long ticks = Math.Max(0, duration.Ticks);
        int bucket = Bucket(ticks);
        Volatile.Write(ref _counts[bucket], _counts[bucket] + 1);
        Volatile.Write(ref _ticks, _ticks + ticks);
        if (ticks > _max) Volatile.Write(ref _max, ticks);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>The duration that a share of all did not exceed, as the upper end of its bucket but never above the longest; zero if there are none.</summary>
    /// <param name="share">0…1: 0.5 is the median.</param>
    public TimeSpan Percentile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count)), seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= rank) return new TimeSpan(Math.Min(UpperEnd(i), Max.Ticks));
        }
        return Max;
    }

    /// <summary>Values below 16 have a bucket each; above, sixteen buckets a power of two.</summary>
    private static int Bucket(long ticks)
    {
        if (ticks < Sub) return (int)ticks;
        int exponent = BitOperations.Log2((ulong)ticks) - SubBits;
        return (exponent + 1) * Sub + (int)(ticks >> exponent) - Sub;
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < Sub) return bucket;
        int exponent = bucket / Sub - 1;
        return ((long)(Sub + bucket % Sub + 1) << exponent) - 1;
    }
}
