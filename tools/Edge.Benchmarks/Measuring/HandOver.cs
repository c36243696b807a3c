using System.Diagnostics;

namespace Edge.Benchmarks.Measuring;

/// <summary>
/// How long a line of memory takes from the first core to the second. On one die it is some tens of nanoseconds; several times
/// as much where a host has put the cores of a virtual machine onto different ones, which it may do at any time.
/// </summary>
internal static unsafe class HandOver
{
    private const int Batches = 9, RoundTrips = 2000;

    /// <summary>Nanoseconds one way, the median of some batches; 0 where there is one core. The calling thread may run anywhere afterwards.</summary>
    public static double Nanoseconds()
    {
        if (Environment.ProcessorCount < 2) return 0;
        int[] memory = GC.AllocateArray<int>(64, pinned: true);
        var other = new Thread(() => Answer(ref memory[32])) { IsBackground = true };
        other.Start();
        Affinity.PinTo(0);
        double[] batches = new double[Batches];
        for (int batch = 0; batch < Batches; batch++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < RoundTrips; i++) Turn(ref memory[32], 2 * (batch * RoundTrips + i), yields: batch == 0 && i == 0);
            batches[batch] = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / (2 * RoundTrips);
        }

        other.Join();
        Affinity.Release();
        return Statistics.Median(batches);
    }

    /// <summary>Says <paramref name="number"/> + 1 and waits for the number behind it.</summary>
    private static void Turn(ref int line, int number, bool yields)
    {
        Volatile.Write(ref line, number + 1);
        while (Volatile.Read(ref line) != number + 2)
            if (yields) Thread.Yield();
    }

    private static void Answer(ref int line)
    {
        Affinity.PinTo(1);
        for (int i = 0; i < Batches * RoundTrips; i++)
        {
            while (Volatile.Read(ref line) != 2 * i + 1)
            {
            }

            Volatile.Write(ref line, 2 * i + 2);
        }
    }
}
