using System.Diagnostics;
using Edge.Kernels.Threading;
using Edge.Kernels.Topology;
using Xunit;

namespace Edge.Kernels.Tests.Threading;

/// <summary>Pools whose workers are the process's. In a collection of its own: others would have them, too.</summary>
[Collection(nameof(SharedPoolTests))]
public sealed class SharedPoolTests
{
    private struct Sum : IParallelJob
    {
        public long Total;

        public void Execute(int chunk) => Interlocked.Add(ref Total, chunk);
    }

    private readonly struct Seated(int[] inside, int[] broken) : ISeatedJob
    {
        public void Execute(int chunk, int seat)
        {
            if (Interlocked.Increment(ref inside[seat]) != 1) Interlocked.Increment(ref broken[0]);
            Thread.SpinWait(20);
            Interlocked.Decrement(ref inside[seat]);
        }
    }

    private readonly struct Fail : IParallelJob
    {
        public void Execute(int chunk) => throw new InvalidDataException($"chunk {chunk}");
    }

    [Fact]
    public void Pools_share_their_workers_which_are_fewer_than_the_cores()
    {
        using var a = WorkerPool.OfProcess(8);
        using var b = WorkerPool.OfProcess(8);
        using var c = WorkerPool.OfProcess(8);
        Assert.Equal(8, a.Threads);
        Assert.InRange(a.Workers, Math.Min(1, Environment.ProcessorCount - 1), Environment.ProcessorCount - 1);
        Assert.Equal(a.Workers, c.Workers);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Runs_of_several_sessions_at_once_all_make_progress(int threads)
    {
        Callers.AtOnce(4, caller =>
        {
            using var pool = WorkerPool.OfProcess(threads);
            for (int run = 0; run < 100; run++)
            {
                pool.BeginRun();
                for (int i = 0; i < 20; i++)
                {
                    int chunks = 1 + (run + i + caller) % 30;
                    var job = default(Sum);
                    pool.Run(ref job, chunks);
                    Assert.Equal(chunks * (chunks - 1) / 2, job.Total);
                }
                pool.EndRun();
            }
        });
    }

    [Fact]
    public void Pools_come_and_go_while_others_run()
    {
        using var lasting = WorkerPool.OfProcess(2);
        Callers.AtOnce(3, caller =>
        {
            for (int i = 0; i < 300; i++)
            {
                var job = default(Sum);
                if (caller == 0) lasting.Run(ref job, 16);
                else
                {
                    using var pool = WorkerPool.OfProcess(2 + caller);
                    pool.Run(ref job, 16);
                }
                Assert.Equal(120, job.Total);
            }
        });
    }

    /// <summary>Scratch memory goes by seats: a worker that still has one must be the only one that ever gets it.</summary>
    [Fact]
    public void A_seat_has_one_thread_while_pools_come_and_go()
    {
        // Four threads, wherever the system lets them run.
        int[] cores = [0, 0, 0, 0];
        int[] broken = [0];
        Callers.AtOnce(2, caller =>
        {
            for (int i = 0; i < 200; i++)
            {
                using var pool = WorkerPool.OfProcess(2 + caller, cores);
                int[] inside = new int[pool.Threads];
                var job = new Seated(inside, broken);
                using (WorkerPool.OfProcess(2, cores)) pool.RunSeated(ref job, 64);
                pool.RunSeated(ref job, 64);
            }
        });
        Assert.Equal(0, broken[0]);
    }

    /// <summary>As above, without chance: who stays keeps its workers when another goes or comes.</summary>
    [Fact]
    public void Pools_keep_their_workers()
    {
        int[] cores = [0, 0, 0, 0];
        using var a = WorkerPool.OfProcess(3, cores);
        using var b = WorkerPool.OfProcess(2, cores);
        using var c = WorkerPool.OfProcess(4, cores);
        Worker[] workers = [.. Enumerable.Range(0, 3).Select(i => new Worker(null!, i))];
        Roster both = Roster.Empty.With(a, workers).With(b, workers);
        Assert.Equal([1, 2, 0], Seats(both, 0));
        Assert.Equal([0, 0, 1], Seats(both, 1));
        Roster left = both.Without(a);
        Assert.Equal([0, 0, 1], Seats(left, 0));
        Roster more = left.With(c, workers).With(a, workers);
        Assert.Equal([0, 0, 1], Seats(more, 0));
        // Those with the fewest come first.
        Assert.Equal([1, 2, 3], Seats(more, 1));
        Assert.Equal([1, 2, 0], Seats(more, 2));
        static int[] Seats(Roster roster, int pool) => [.. Enumerable.Range(0, roster.Workers.Length).Select(w => roster.Seat(w, pool))];
    }

    [Fact]
    public void An_exception_reaches_its_own_caller_alone()
    {
        using var failing = WorkerPool.OfProcess(2);
        using var other = WorkerPool.OfProcess(2);
        Callers.AtOnce(2, caller =>
        {
            for (int i = 0; i < 200; i++)
            {
                if (caller == 0)
                {
                    Assert.Throws<InvalidDataException>(() =>
                    {
                        var job = default(Fail);
                        failing.Run(ref job, 8);
                    });
                    continue;
                }
                var sum = default(Sum);
                other.Run(ref sum, 8);
                Assert.Equal(28, sum.Total);
            }
        });
    }

    [Fact]
    public void Workers_park_when_the_run_is_over()
    {
        using var pool = WorkerPool.OfProcess(4);
        for (int run = 0; run < 5; run++)
        {
            pool.BeginRun();
            var job = default(Sum);
            pool.Run(ref job, 16);
            pool.EndRun();
            Assert.True(SpinWait.SpinUntil(() => pool.ParkedWorkers == pool.Workers, TimeSpan.FromSeconds(30)), "a worker goes on spinning");
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var pool = WorkerPool.OfProcess(3);
        var job = default(Sum);
        Repeat(pool, ref job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(pool, ref job);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_pool_can_be_kept_to_cores_with_its_caller()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "affinity is set on Linux only");
        int core = CpuTopology.Current.Cores[^1].Id;
        int[]? after = null;
        var thread = new Thread(() =>
        {
            using var pool = WorkerPool.OfProcess(1, [core], pinsCaller: true);
            pool.BeginRun();
            pool.EndRun();
            after = Affinity.OfThread();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(new[] { core }, after);
    }

    [Fact]
    public void A_budget_for_spinning_follows_what_is_typical()
    {
        long microsecond = Stopwatch.Frequency / 1_000_000;
        var budget = new SpinBudget(TimeSpan.FromMicroseconds(100), TimeSpan.FromMicroseconds(25));
        Assert.Equal(100 * microsecond, budget.Ticks);
        for (int i = 0; i < 50; i++) budget.Learn(80 * microsecond);
        Assert.InRange(budget.Ticks, 300 * microsecond, 325 * microsecond);
        for (int i = 0; i < 50; i++) budget.Learn(long.MaxValue);
        Assert.Equal(100 * microsecond, budget.Ticks);
        for (int i = 0; i < 50; i++) budget.Learn(0);
        Assert.Equal(100 * microsecond, budget.Ticks);
        Assert.Equal(0, new SpinBudget(TimeSpan.Zero, TimeSpan.FromMilliseconds(10)).Ticks);
    }

    private static void Repeat(WorkerPool pool, ref Sum job)
    {
        for (int run = 0; run < 50; run++)
        {
            pool.BeginRun();
            for (int i = 0; i < 10; i++) pool.Run(ref job, 16);
            pool.EndRun();
        }
    }
}
