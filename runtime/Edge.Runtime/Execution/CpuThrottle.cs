using System.Diagnostics;

namespace Edge.Runtime.Execution;

/// <summary>
/// Keeps a session's runs within a share of the processors by pausing before steps: a leaky bucket of processor time. It
/// fills at <paramref name="cores"/> seconds a second, up to what a tenth of a second fills; a run empties it as if
/// <paramref name="threads"/> threads worked all the time. So over any time T runs use no more than cores · (T + 0.1 s), and
/// what one step takes. Not synchronized.
/// </summary>
/// <param name="cores">The share, in cores.</param>
/// <param name="threads">Threads of a run; no more than <paramref name="cores"/>, rounded up.</param>
/// <param name="now">A clock in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="pause">Lets the thread sleep.</param>
internal sealed class CpuThrottle(double cores, int threads, Func<long> now, Action<TimeSpan> pause)
{
    private const double BurstSeconds = 0.1;

    private double _credit = cores * BurstSeconds;
    private long _counted = now();
    private bool _running;

    public CpuThrottle(double cores, int threads)
        : this(cores, threads, Stopwatch.GetTimestamp, Thread.Sleep)
    {
    }

    /// <summary>Before a step: counts the time since the last call, and pauses while more was used than there is.</summary>
    public void BeforeStep()
    {
        Count(_running);
        _running = true;
        while (_credit < 0)
        {
            // Sleeping takes whole milliseconds.
            pause(TimeSpan.FromMilliseconds(Math.Ceiling(-_credit / cores * 1000)));
            Count(working: false);
        }
    }

    /// <summary>The run is over, or failed.</summary>
    public void EndRun()
    {
        Count(_running);
        _running = false;
    }

    private void Count(bool working)
    {
        long time = now();
        double seconds = (time - _counted) / (double)Stopwatch.Frequency;
        _counted = time;
        _credit = Math.Min(_credit + seconds * (working ? cores - threads : cores), cores * BurstSeconds);
    }
}
