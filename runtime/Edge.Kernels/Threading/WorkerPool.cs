using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Edge.Kernels.Threading;

/// <summary>
/// The threads of one session. One caller at a time: <see cref="Run{TJob}"/> is neither re-entrant nor to be called
/// from two threads at once (<see cref="Inline"/> excepted).
/// </summary>
/// <remarks>
/// Chunks are handed out one by one through a single 64-bit word, the ticket: the job's generation in the upper half,
/// the number of chunks not yet handed out in the lower. A worker reads the ticket, then the job, then takes a chunk by
/// compare-and-swap: if the job was replaced meanwhile, the generation has changed and the swap fails. So the caller
/// waits for chunks, never for a worker that is slow to wake. A worker without work spins for a bounded time, then
/// parks; an idle pool costs nothing.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>How long a worker looks for the next job before it parks: longer than the gaps between the operators of a plan.</summary>
    private static readonly TimeSpan s_spin = TimeSpan.FromMicroseconds(100);

    private readonly Worker[] _workers;
    private Shared _shared;
    private delegate*<void*, int, void> _execute;
    private void* _job;
    private int _chunks;
    private ExceptionDispatchInfo? _failure;
    private int _running;
    private volatile bool _stopping;

    /// <param name="threads">Threads that work on a job, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++) _workers[i] = new Worker(this, i + 1);
    }

    /// <summary>A pool of the calling thread alone; it may be shared and need not be disposed.</summary>
    public static WorkerPool Inline { get; } = new(1);

    public int Threads { get; }

    /// <summary>Workers that sleep until the next job.</summary>
    internal int ParkedWorkers => _workers.Count(w => w.IsParked);

    /// <summary>
    /// Executes chunks <c>0 … chunks − 1</c>, the calling thread taking part, and returns when all are done. Allocates nothing.
    /// </summary>
    /// <remarks>
    /// When a chunk throws, chunks not yet begun are skipped, and its exception (of several, the first) is rethrown
    /// here after those under way have ended.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another job is running on this pool.</exception>
    public void Run<TJob>(ref TJob job, int chunks) where TJob : struct, IParallelJob
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (_workers.Length == 0 || chunks <= 1)
        {
            for (int i = 0; i < chunks; i++) job.Execute(i);
            return;
        }
        if (Interlocked.Exchange(ref _running, 1) != 0) ThrowBusy();
        fixed (byte* address = &Unsafe.As<TJob, byte>(ref job)) RunShared(&Invoke<TJob>, address, chunks);
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        Volatile.Write(ref _running, 0);
        failure?.Throw();
    }

    /// <summary>Ends and joins the threads. No job may be running.</summary>
    public void Dispose()
    {
        if (_workers.Length == 0 || _stopping) return;
        _stopping = true;
        foreach (Worker w in _workers) w.Wake();
        foreach (Worker w in _workers) w.Dispose();
    }

    private static void Invoke<TJob>(void* job, int chunk) where TJob : struct, IParallelJob => Unsafe.AsRef<TJob>(job).Execute(chunk);

    private static void ThrowBusy() => throw new InvalidOperationException("the worker pool is running another job; a pool serves one caller at a time");

    private void RunShared(delegate*<void*, int, void> execute, void* job, int chunks)
    {
        _execute = execute;
        _job = job;
        _chunks = chunks;
        Volatile.Write(ref _shared.Remaining, chunks);
        long generation = (_shared.Ticket >>> 32) + 1;
        Interlocked.Exchange(ref _shared.Ticket, (generation << 32) | (uint)chunks);
        int helpers = Math.Min(chunks - 1, _workers.Length);
        for (int i = 0; i < helpers; i++) _workers[i].WakeIfParked();
        while (TryExecuteOne())
        {
        }
        var wait = default(SpinWait);
        while (Volatile.Read(ref _shared.Remaining) != 0) wait.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Takes and executes one chunk of the current job; false if none is left.</summary>
    private bool TryExecuteOne()
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _shared.Ticket);
            delegate*<void*, int, void> execute = _execute;
            void* job = _job;
            int chunks = _chunks;
            int left = (int)ticket;
            if (left == 0) return false;
            if (Interlocked.CompareExchange(ref _shared.Ticket, ticket - 1, ticket) != ticket) continue;
            try
            {
                if (Volatile.Read(ref _failure) is null) execute(job, chunks - left);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }
            Interlocked.Decrement(ref _shared.Remaining);
            return true;
        }
    }

    private bool HasWork => (int)Volatile.Read(ref _shared.Ticket) != 0;

    /// <summary>The two contended words, each on a cache line of its own (128 bytes: lines are fetched in pairs).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Shared
    {
        [FieldOffset(128)] public long Ticket;
        [FieldOffset(256)] public int Remaining;
    }

    private sealed class Worker : IDisposable
    {
        private readonly WorkerPool _pool;
        private readonly SemaphoreSlim _wakeUp = new(0);
        private readonly Thread _thread;
        private int _parked;

        public Worker(WorkerPool pool, int index)
        {
            _pool = pool;
            _thread = new Thread(Work) { IsBackground = true, Name = $"edge-worker-{index}" };
            _thread.Start();
        }

        /// <summary>Waits until the thread has ended.</summary>
        public void Dispose()
        {
            _thread.Join();
            _wakeUp.Dispose();
        }

        public bool IsParked => Volatile.Read(ref _parked) != 0;

        public void Wake() => _wakeUp.Release();

        public void WakeIfParked()
        {
            if (Volatile.Read(ref _parked) != 0 && Interlocked.Exchange(ref _parked, 0) != 0) _wakeUp.Release();
        }

        private void Work()
        {
            while (!_pool._stopping)
            {
                while (_pool.TryExecuteOne())
                {
                }
                if (!SpinForWork()) Park();
            }
        }

        private bool SpinForWork()
        {
            if (Environment.ProcessorCount == 1) return false;
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < s_spin)
                for (int i = 0; i < 32; i++)
                {
                    if (_pool.HasWork || _pool._stopping) return true;
                    Thread.SpinWait(1);
                }
            return false;
        }

        /// <summary>
        /// Says that it parks, then looks once more: a caller publishes its job before it looks who is parked, so one of
        /// the two sees the other. If the caller took the flag back, its release is on the way and must be consumed.
        /// </summary>
        private void Park()
        {
            Interlocked.Exchange(ref _parked, 1);
            if ((_pool.HasWork || _pool._stopping) && Interlocked.Exchange(ref _parked, 0) != 0) return;
            _wakeUp.Wait();
        }
    }
}
