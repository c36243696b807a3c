using System.Diagnostics;

namespace Edge.Benchmarks.Measuring;

/// <summary>
/// Times several contenders in turn, so that a disturbance of the machine or a change of its clock meets all of them.
/// </summary>
/// <remarks>
/// Engines with worker threads let them spin for a while after a run. When several threads work, a turn therefore begins with a
/// pause until the workers of whoever ran before sleep (<see cref="Quiescence"/>), else they would hold a core that this contender
/// needs; then it warms up, which wakes its own workers and fills the caches, and only then it is measured. A turn in which other
/// processes took more than a tenth of the machine is measured again, a few times at most: work that is shared out waits for the
/// thread that was held up.
/// </remarks>
internal static class Interleaved
{
    private const int LeastRuns = 3, MostTries = 4;
    private const double MostInterference = 0.1;

    private static readonly TimeSpan s_firstWarmUp = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(40), s_sliceOfSeveralThreads = TimeSpan.FromMilliseconds(80);

    /// <summary>Seconds of one call (see <see cref="ThreadClock"/>), the median over all slices, for each contender.</summary>
    public static double[] Medians(IReadOnlyList<Action> contenders, int slices, bool oneThread) =>
        [.. Measure(contenders, slices, oneThread).Select(turns => Statistics.Median(turns.SelectMany(t => t)))];

    /// <summary>The median of each slice, for each contender.</summary>
    public static double[][] SliceMedians(IReadOnlyList<Action> contenders, int slices, bool oneThread) =>
        [.. Measure(contenders, slices, oneThread).Select(turns => turns.Select(Statistics.Median).ToArray())];

    private static List<double>[][] Measure(IReadOnlyList<Action> contenders, int slices, bool oneThread)
    {
        var seconds = contenders.Select(_ => Enumerable.Range(0, slices).Select(_ => new List<double>()).ToArray()).ToArray();
        foreach (Action contender in contenders) Repeat(contender, s_firstWarmUp, [], oneThread);
        for (int slice = 0; slice < slices; slice++)
            for (int i = 0; i < contenders.Count; i++)
            {
                if (oneThread) Repeat(contenders[i], s_slice, seconds[i][slice], oneThread);
                else seconds[i][slice] = LeastDisturbed(contenders[i]);
            }
        return seconds;
    }

    private static List<double> LeastDisturbed(Action contender)
    {
        List<double> best = [];
        double least = double.PositiveInfinity;
        for (int attempt = 0; attempt < MostTries && least > MostInterference; attempt++)
        {
            List<double> seconds = [];
            Quiescence.Await();
            Repeat(contender, s_warmUp, [], oneThread: false);
            var interference = Interference.Begin();
            Repeat(contender, s_sliceOfSeveralThreads, seconds, oneThread: false);
            double share = interference.Share();
            if (share < least) (best, least) = (seconds, share);
        }
        return best;
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
        while (seconds.Count < LeastRuns || Stopwatch.GetElapsedTime(begin) < length);
    }
}
