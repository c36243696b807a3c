using System.Diagnostics;

namespace Edge.Benchmarks.Measuring;

/// <summary>Waits until no thread of this process works: neither workers that spin, nor the JIT compiler in the background.</summary>
internal static class Quiescence
{
    private const double Idle = 0.1;
    private const int IdlePeriods = 2;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns after two periods of 2 ms in a row in which the process took less than a tenth of a core; after half a second in any case.</summary>
    public static void Await()
    {
        long begin = Stopwatch.GetTimestamp();
        for (int idle = 0; idle < IdlePeriods && Stopwatch.GetElapsedTime(begin) < s_longest;)
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Thread.Sleep(s_period);
            TimeSpan used = Environment.CpuUsage.TotalTime - before;
            idle = used < Idle * Stopwatch.GetElapsedTime(start) ? idle + 1 : 0;
        }
    }
}
