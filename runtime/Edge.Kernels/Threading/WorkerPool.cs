using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Edge.Kernels.Topology;

namespace Edge.Kernels.Threading;

/// <summary>
/// The threads that work for one session: the one that calls it, and workers, which pools may share. Thread-safe: a job that
/// comes while another is running on the same pool, from another thread or from within a chunk, runs on its caller's thread.
/// </summary>
/// <remarks>
/// Each thread has a share of a job's chunks, always the same part, so that it finds in its own cache what it wrote in the job
/// before; when it is through, it takes chunks of the others' shares. Seats are pairs: one takes its share from the first chunk
/// upwards, the other from the last downwards, and who helps takes from the other end. So what a thread works on stays in one
/// piece, whose end alone moves when a core is slower for a while: a line of memory that one core has read and another writes
/// costs many times what any other does. So, too, the caller waits for chunks, never for a worker that is
/// slow to wake or busy with another pool's job, and a fast core takes more chunks than a slow one.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    /// <summary>
    /// Runs that take less than this are over before a sleeping thread has helped: waking it costs the caller tens of
    /// microseconds, and it comes a hundred later.
    /// </summary>
    private static readonly long s_worthWaking = Stopwatch.Frequency / 2500;

    /// <summary>How long the caller looks for the end of chunks under way before it offers its core to other threads.</summary>
    private static readonly long s_impatience = Stopwatch.Frequency / 2000;

    private readonly WorkerGroup? _group;
    private readonly bool _isShared;
    private readonly int _seatsInTurn;
    private readonly int[] _callerCores = [];
    private readonly byte[] _lines;
    private readonly JobShare* _shares;
    private readonly int* _remaining;
    private ExceptionDispatchInfo? _failure;
    private int _running;
    private long _runStart;
    private long _lastRun = s_worthWaking;
    private int _jobs;
    private bool _inRun;
    private bool _wakes = true;
    private bool _disposed;

    /// <summary>A pool with workers of its own.</summary>
    /// <param name="threads">Threads that work on a job, the caller included; at least 1.</param>
    public WorkerPool(int threads)
        : this(threads, shared: false)
    {
        if (threads > 1) _group = WorkerGroup.Own(this);
    }

    private WorkerPool(int threads, bool shared)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _seatsInTurn = (int)BitOperations.RoundUpToPowerOf2((uint)threads);
        _isShared = shared;

        // Pinned, so that addresses hold: a line of 128 bytes for each share, and one for the count.
        const int Line = 128;
        _lines = GC.AllocateArray<byte>(threads == 1 ? 0 : (threads + 2) * Line, pinned: true);
        byte* first = (byte*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_lines)) + Line - 1) & -Line);
        _remaining = (int*)first;
        _shares = (JobShare*)(first + Line);
    }

    private WorkerPool(int threads, ReadOnlySpan<int> cores, bool pinsCaller)
        : this(threads, shared: true)
    {
        if (pinsCaller) _callerCores = cores.ToArray();
        if (threads > 1) _group = WorkerGroup.Shared(this, cores);
    }

    /// <summary>A pool of the calling thread alone; it may be shared and need not be disposed.</summary>
    public static WorkerPool Inline { get; } = new(1);

    /// <summary>Threads that a job is divided for: the most that work on it.</summary>
    public int Threads { get; }

    /// <summary>Workers of its group that sleep until the next job.</summary>
    internal int ParkedWorkers => _group?.ParkedWorkers ?? 0;

    /// <summary>Workers of its group.</summary>
    internal int Workers => _group?.WorkerCount ?? 0;

    /// <summary>
    /// A pool whose workers are those of all such pools in the process. There are never more of them than cores, and
    /// the more callers are within <see cref="BeginRun"/> and <see cref="EndRun"/>, the fewer of them work.
    /// </summary>
    /// <param name="threads">The most threads that work on a job, the caller included; at least 1.</param>
    /// <param name="cores">Logical processors that workers are kept to, ascending; empty for the performance cores, or for all where <paramref name="threads"/> are more.</param>
    /// <param name="pinsCaller">Whether <see cref="BeginRun"/> keeps its caller to <paramref name="cores"/>, too. It stays there afterwards.</param>
    public static WorkerPool OfProcess(int threads, ReadOnlySpan<int> cores = default, bool pinsCaller = false) => new(threads, cores, pinsCaller);

    /// <summary>
    /// Says that jobs will follow each other closely until <see cref="EndRun"/>. Workers are woken now if the last run had jobs
    /// for them. One caller at a time.
    /// </summary>
    public void BeginRun()
    {
        if (_callerCores.Length > 0) Affinity.Keep(_callerCores);
        if (_group is null) return;
        _inRun = true;
        _runStart = Stopwatch.GetTimestamp();
        _group.BeginRun(_runStart);
        _wakes = _lastRun >= s_worthWaking || _group.SpinBetweenRuns > 0;
        if (_jobs > 0 && _wakes) _group.Wake(this, Threads - 1);
        _jobs = 0;
    }

    /// <summary>Says that no job follows soon. Unless runs have followed each other closely, workers sleep at once.</summary>
    public void EndRun()
    {
        if (_group is null) return;
        long now = Stopwatch.GetTimestamp();
        _lastRun = now - _runStart;
        _wakes = true;
        _inRun = false;
        _group.EndRun(now);
    }

    /// <summary>
    /// Executes chunks <c>0 … chunks − 1</c>, the calling thread taking part, and returns when all are done. Allocates nothing.
    /// </summary>
    /// <remarks>
    /// When a chunk throws, chunks not yet begun are skipped, and its exception (of several, the first) is rethrown
    /// here after those under way have ended.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public void Run<TJob>(ref TJob job, int chunks) where TJob : struct, IParallelJob
    {
        if (TryBegin(chunks))
        {
            fixed (byte* address = &Unsafe.As<TJob, byte>(ref job)) RunShared(&Invoke<TJob>, address, chunks);
            return;
        }

        for (int i = 0; i < chunks; i++) job.Execute(i);
    }

    /// <inheritdoc cref="Run{TJob}"/>
    public void RunSeated<TJob>(ref TJob job, int chunks) where TJob : struct, ISeatedJob
    {
        if (TryBegin(chunks))
        {
            fixed (byte* address = &Unsafe.As<TJob, byte>(ref job)) RunShared(&InvokeSeated<TJob>, address, chunks);
            return;
        }

        for (int i = 0; i < chunks; i++) job.Execute(i, 0);
    }

    /// <summary>Ends the threads, if no other pool uses them. No job may be running.</summary>
    public void Dispose()
    {
        if (_group is null || _disposed) return;
        _disposed = true;
        _group.Remove(this);
    }

    /// <summary>Whether the share of seat <paramref name="seat"/> has chunks to be taken.</summary>
    internal bool HasWork(int seat) => _shares[seat].HasChunks;

    /// <summary>Whether any share has.</summary>
    internal bool HasWork()
    {
        for (int seat = 0; seat < Threads; seat++)
            if (_shares[seat].HasChunks) return true;
        return false;
    }

    /// <summary>Takes part in the present job until no chunk of it is left, with the share of seat <paramref name="seat"/> first.</summary>
    /// <returns>Whether there was any.</returns>
    internal bool Help(int seat)
    {
        int done = 0;
        for (int i = 0; i < _seatsInTurn; i++)
        {
            // The other one of the pair comes first: the two shares meet.
            int at = seat ^ i;
            if (at >= Threads) continue;
            JobShare* share = _shares + at;
            bool downwards = (at & 1) != 0;
            while (share->TryTake(at == seat ? downwards : !downwards, out var execute, out void* job, out int chunk))
            {
                Execute(execute, job, chunk, seat);
                done++;
            }
        }
        if (done != 0) Interlocked.Add(ref *_remaining, -done);
        return done != 0;
    }

    private static void Invoke<TJob>(void* job, int chunk, int seat) where TJob : struct, IParallelJob => Unsafe.AsRef<TJob>(job).Execute(chunk);

    private static void InvokeSeated<TJob>(void* job, int chunk, int seat) where TJob : struct, ISeatedJob => Unsafe.AsRef<TJob>(job).Execute(chunk, seat);

    /// <summary>Whether a job is to be shared out; else its caller does it alone.</summary>
    private bool TryBegin(int chunks)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return chunks > 1 && _group is not null && Interlocked.Exchange(ref _running, 1) == 0;
    }

    /// <summary>Runs a job that <see cref="TryBegin"/> has begun.</summary>
    private void RunShared(delegate*<void*, int, int, void> execute, void* job, int chunks)
    {
        bool alone = _isShared && !_inRun;
        if (alone) _group!.BeginRun(Stopwatch.GetTimestamp());
        for (int first = 0; first < chunks; first += JobShare.MaxChunks) RunShared(_group!, execute, job, first, Math.Min(chunks - first, JobShare.MaxChunks));
        if (alone) _group!.EndRun(Stopwatch.GetTimestamp());
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        Volatile.Write(ref _running, 0);
        failure?.Throw();
    }

    private void RunShared(WorkerGroup group, delegate*<void*, int, int, void> execute, void* job, int first, int chunks)
    {
        _jobs++;
        Volatile.Write(ref *_remaining, chunks);
        int threads = Math.Min(chunks, Threads);
        for (int seat = threads - 1; seat >= 0; seat--)
            _shares[seat].Fill(execute, job, first + chunks * seat / threads, first + chunks * (seat + 1) / threads);

        // Who parks looks for work after it has said so; now that work is there, look who has said so.
        Interlocked.MemoryBarrier();
        if (_wakes) group.Wake(this, threads - 1);
        Help(0);
        long start = 0;
        var wait = default(SpinWait);
        while (Volatile.Read(ref *_remaining) != 0)
        {
            if (start == 0) start = Stopwatch.GetTimestamp();
            if (group.IsOversubscribed || Stopwatch.GetTimestamp() - start > s_impatience) wait.SpinOnce(sleep1Threshold: -1);
            else Thread.SpinWait(1);
        }
    }

    private void Execute(delegate*<void*, int, int, void> execute, void* job, int chunk, int seat)
    {
        try
        {
            if (Volatile.Read(ref _failure) is null) execute(job, chunk, seat);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }
}
