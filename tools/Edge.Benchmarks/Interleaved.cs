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
    public static double[] Medians(IReadOnlyList<Action> contenders, int slices, bool oneThread) =>
        [.. Measure(contenders, slices, oneThread).Select(turns => Median([.. turns.SelectMany(t => t)]))];

    /// <summary>The median of each slice, for each contender.</summary>
    public static double[][] SliceMedians(IReadOnlyList<Action> contenders, int slices, bool oneThread) =>
        [.. Measure(contenders, slices, oneThread).Select(turns => turns.Select(Median).ToArray())];

    /// <summary>The middle value; <paramref name="values"/> are sorted.</summary>
    public static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static List<double>[][] Measure(IReadOnlyList<Action> contenders, int slices, bool oneThread)
    {
        var seconds = contenders.Select(_ => Enumerable.Range(0, slices).Select(_ => new List<double>()).ToArray()).ToArray();
        foreach (Action contender in contenders) Repeat(contender, s_warmUp, [], oneThread);
        for (int slice = 0; slice < slices; slice++)
            for (int i = 0; i < contenders.Count; i++) Repeat(contenders[i], s_slice, seconds[i][slice], oneThread);
        return seconds;
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
}
