using System.Diagnostics;
using System.Globalization;

namespace Edge.Benchmarks.Measuring;

/// <summary>How much of the machine others take while something is measured, from Linux's <c>/proc/stat</c>.</summary>
internal readonly struct Interference
{
    private const string Statistics = "/proc/stat";

    // USER_HZ, which is 100 on every Linux of .NET.
    private const double TicksPerSecond = 100;

    private readonly double _machine;
    private readonly TimeSpan _process;
    private readonly long _begin;

    private Interference(double machine)
    {
        _machine = machine;
        _process = Environment.CpuUsage.TotalTime;
        _begin = Stopwatch.GetTimestamp();
    }

    public static Interference Begin() => new(MachineSeconds());

    /// <summary>
    /// The share of all cores that other processes, and the host of a virtual machine, took since <see cref="Begin"/>; 0 where the
    /// system does not tell. Exact to a hundredth of a second a core.
    /// </summary>
    public double Share()
    {
        double others = MachineSeconds() - _machine - (Environment.CpuUsage.TotalTime - _process).TotalSeconds;
        return Math.Max(0, others / (Stopwatch.GetElapsedTime(_begin).TotalSeconds * Environment.ProcessorCount));
    }

    /// <summary>Seconds that all cores worked since the system's start: user, nice, system, irq, softirq and steal.</summary>
    private static double MachineSeconds()
    {
        if (!File.Exists(Statistics)) return 0;
        string[] fields = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ((int[])[1, 2, 3, 6, 7, 8]).Sum(i => double.Parse(fields[i], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
