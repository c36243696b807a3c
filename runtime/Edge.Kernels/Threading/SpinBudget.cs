using System.Diagnostics;

namespace Edge.Kernels.Threading;

/// <summary>
/// How long it pays to look for work before sleeping, learned from how long work has lately been in coming: a little longer
/// than that if sleeping and waking would cost more, else no longer than waking costs.
/// </summary>
internal struct SpinBudget
{
    private static readonly long s_microsecond = Math.Max(Stopwatch.Frequency / 1_000_000, 1);
    private static readonly long s_longest = 500 * s_microsecond, s_clip = 10_000 * s_microsecond;

    private readonly long _least;
    private long _typical;

    /// <param name="least">Looked for at least: about what waking a thread costs; 0 if latency does not matter that much.</param>
    /// <param name="typical">What to expect before anything is known.</param>
    public SpinBudget(TimeSpan least, TimeSpan typical)
    {
        _least = (long)(least.TotalMicroseconds * s_microsecond);
        _typical = (long)(typical.TotalMicroseconds * s_microsecond);
    }

    /// <summary>In ticks of <see cref="Stopwatch"/>.</summary>
    public readonly long Ticks => _typical * 4 <= s_longest ? Math.Max(_typical * 4, _least) : _least;

    /// <summary>Work was <paramref name="ticks"/> in coming.</summary>
    public void Learn(long ticks) => _typical += (Math.Clamp(ticks, 0, s_clip) - _typical) / 4;
}
