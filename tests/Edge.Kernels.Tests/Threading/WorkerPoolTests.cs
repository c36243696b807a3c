using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Threading;

public sealed class WorkerPoolTests
{
    private readonly struct Count(int[] counts) : IParallelJob
    {
        public void Execute(int chunk) => Interlocked.Increment(ref counts[chunk]);
    }

    private readonly struct Whose(int[] threads) : IParallelJob
    {
        /// <summary>Takes a while, and not always the same, so that both threads come to work and one helps the other.</summary>
        public void Execute(int chunk)
        {
            threads[chunk] = Environment.CurrentManagedThreadId;
            Thread.SpinWait(chunk % 7 * 20);
        }
    }

    private struct Sum : IParallelJob
    {
        public long Total;

        public void Execute(int chunk) => Interlocked.Add(ref Total, chunk);
    }

    private readonly struct Fail(int[] counts, int at) : IParallelJob
    {
        public void Execute(int chunk)
        {
            Interlocked.Increment(ref counts[chunk]);
            if (chunk == at) throw new InvalidDataException($"chunk {chunk}");
        }
    }

    private readonly struct Nested(WorkerPool pool) : IParallelJob
    {
        public void Execute(int chunk)
        {
            var inner = default(Sum);
            pool.Run(ref inner, 3);
            Assert.Equal(3, inner.Total);
        }
    }

    private sealed class Names
    {
        public readonly HashSet<string> Seen = [];
        public int Background;
    }

    private readonly struct NameThreads(Names names, CountdownEvent all) : IParallelJob
    {
        /// <summary>Holds its thread until every thread of the pool has taken a chunk.</summary>
        public void Execute(int chunk)
        {
            lock (names)
            {
                names.Seen.Add(Thread.CurrentThread.Name ?? "caller");
                if (Thread.CurrentThread.IsBackground) names.Background++;
            }
            all.Signal();
            all.Wait();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_chunk_runs_exactly_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (int chunks in new[] { 0, 1, 2, 3, 7, 64, 1000, 70_000 })
        {
            var counts = new int[chunks];
            var job = new Count(counts);
            pool.Run(ref job, chunks);
            Assert.DoesNotContain(counts, c => c != 1);
        }
    }

    [Fact]
    public void What_one_of_two_threads_works_on_is_in_one_piece()
    {
        using var pool = new WorkerPool(2);
        var threads = new int[64];
        for (int i = 0; i < 200; i++)
        {
            var job = new Whose(threads);
            pool.Run(ref job, threads.Length);
            Assert.InRange(Enumerable.Range(1, threads.Length - 1).Count(c => threads[c] != threads[c - 1]), 0, 1);
        }
    }

    [Fact]
    public void Jobs_that_follow_each_other_closely_never_mix()
    {
        using var pool = new WorkerPool(4);
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            int chunks = random.Next(1, 9);
            var job = default(Sum);
            pool.Run(ref job, chunks);
            Assert.Equal(chunks * (chunks - 1) / 2, job.Total);
        }
    }

    [Fact]
    public void Parked_workers_take_part_again()
    {
        using var pool = new WorkerPool(3);
        for (int i = 0; i < 5; i++)
        {
            Thread.Sleep(20);
            var names = new Names();
            using var all = new CountdownEvent(3);
            var job = new NameThreads(names, all);
            pool.Run(ref job, 3);
            Assert.Equal(3, names.Seen.Count);
            Assert.Contains("edge-worker-1", names.Seen);
            Assert.Contains("edge-worker-2", names.Seen);
            Assert.True(names.Background >= 2);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(4, 17)]
    public void The_exception_of_a_chunk_reaches_the_caller_and_the_pool_goes_on(int threads, int at)
    {
        using var pool = new WorkerPool(threads);
        for (int i = 0; i < 50; i++)
        {
            var counts = new int[40];
            var job = new Fail(counts, at);
            var e = Assert.Throws<InvalidDataException>(() => pool.Run(ref job, 40));
            Assert.Equal($"chunk {at}", e.Message);
            Assert.All(counts, c => Assert.InRange(c, 0, 1));
            var sum = default(Sum);
            pool.Run(ref sum, 40);
            Assert.Equal(780, sum.Total);
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var pool = new WorkerPool(3);
        var job = default(Sum);
        for (int i = 0; i < 100; i++) pool.Run(ref job, 16);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) pool.Run(ref job, 16);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Workers_of_an_idle_pool_park()
    {
        using var pool = new WorkerPool(4);
        var job = default(Sum);
        for (int i = 0; i < 3; i++)
        {
            pool.Run(ref job, 16);
            Assert.True(SpinWait.SpinUntil(() => pool.ParkedWorkers == 3, TimeSpan.FromSeconds(30)), "a worker goes on spinning");
        }
    }

    [Fact]
    public void Disposing_ends_the_threads_and_later_runs_are_refused()
    {
        var pool = new WorkerPool(3);
        pool.Dispose();
        pool.Dispose();
        var job = default(Sum);
        Assert.Throws<ObjectDisposedException>(() => pool.Run(ref job, 4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_job_within_a_chunk_runs_on_the_chunks_thread(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int i = 0; i < 200; i++)
        {
            var job = new Nested(pool);
            pool.Run(ref job, 6);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Callers_at_once_on_one_pool_all_get_their_work_done(int threads)
    {
        using var pool = new WorkerPool(threads);
        Callers.AtOnce(4, caller =>
        {
            for (int i = 0; i < 2000; i++)
            {
                int chunks = 1 + (i + caller) % 9;
                var job = default(Sum);
                pool.Run(ref job, chunks);
                Assert.Equal(chunks * (chunks - 1) / 2, job.Total);
            }
        });
    }

    [Fact]
    public void The_inline_pool_runs_nested_jobs_and_survives_disposal()
    {
        WorkerPool.Inline.Dispose();
        var job = new Nested(WorkerPool.Inline);
        WorkerPool.Inline.Run(ref job, 2);
    }

    [Fact]
    public void A_pool_needs_a_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
}
