using System.Diagnostics;

namespace Edge.Benchmarks;

/// <summary>
/// Times several contenders in turn, so that a disturbance of the machine or a change of its clock meets all of them.
/// </summary>
internal static class Interleaved
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(40);

    /// <summary>Seconds of one call (see <see cref="ThreadClock"/>), the median over all slices, for each contender.</summary>
    public static double[] Medians(IReadOnlyList<Action> contenders, int slices, bool oneThread)
    {
        var seconds = contenders.Select(_ => new List<double>()).ToArray();
        foreach (Action contender in contenders) Repeat(contender, s_warmUp, [], oneThread);
        for (int slice = 0; slice < slices; slice++)
            for (int i = 0; i < contenders.Count; i++) Repeat(contenders[i], s_slice, seconds[i], oneThread);
        return [.. seconds.Select(Median)];
    }

    private static void Repeat(Action action, TimeSpan length, List<double> seconds, bool oneThread)
    {
        long begin = Stopwatch.GetTimestamp();
        do
        {
            double start = ThreadClock.Now(oneThread);
            action();
            seconds.Add(ThreadClock.Now(oneThread) - start);
        }
        while (Stopwatch.GetElapsedTime(begin) < length);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
