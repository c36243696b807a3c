using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edge.Benchmarks.Measuring;

/// <summary>
/// Processor time of the calling thread on Linux, so that what other processes take is not counted; elsewhere, and for work
/// on several threads, time on the wall.
/// </summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Seconds from some moment in the past.</summary>
    public static double Now(bool oneThread)
    {
        if (!oneThread || !OperatingSystem.IsLinux()) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        TimeSpec t;
        if (ClockGetTime(ThreadCpuTime, &t) != 0) throw new InvalidOperationException("the clock of the thread cannot be read");
        return t.Seconds + t.Nanoseconds * 1e-9;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
