using System.Diagnostics;
using Edge.Kernels.Topology;

namespace Edge.Kernels.Threading;

/// <summary>
/// Threads that help several pools, and so several sessions, each of which brings the thread that calls it. Thread-safe.
/// </summary>
/// <remarks>
/// Callers and workers together are no more than the group's size: while several runs are under way, so many workers fewer
/// help. A worker that may not help, or has looked for work long enough, sleeps; outside of runs it sleeps at once, unless
/// runs follow each other closely.
/// </remarks>
internal sealed class WorkerGroup
{
    private static readonly Lock s_registering = new();
    private static readonly Dictionary<string, WorkerGroup> s_shared = [];

    private readonly string? _key;
    private readonly int _size;
    private volatile Roster _roster = Roster.Empty;
    private volatile bool _stopping;
    private volatile bool _announced;
    private SpinBudget _betweenRuns = new(least: TimeSpan.Zero, typical: TimeSpan.FromMilliseconds(10));
    private long _lastEnd;
    private int _runNumber;
    private int _callers;

    private WorkerGroup(string? key, int size, int[] cores)
    {
        _key = key;
        _size = size;
        Cores = cores;
        IsOversubscribed = size > (cores.Length > 0 ? cores.Length : Environment.ProcessorCount);
    }

    /// <summary>Where its threads may run; empty for anywhere.</summary>
    public int[] Cores { get; }

    /// <summary>It has more threads than there are cores.</summary>
    public bool IsOversubscribed { get; }

    public Roster Roster => _roster;

    public bool IsStopping => _stopping;

    /// <summary>Workers beyond this number leave the cores to callers.</summary>
    public int AllowedWorkers => _size - Math.Max(Volatile.Read(ref _callers), 1);

    /// <summary>Whether a run is under way, or may be: pools that have never announced any are taken to be in one.</summary>
    public bool IsRunning => Volatile.Read(ref _callers) > 0 || !_announced;

    /// <summary>Changes with every run that begins.</summary>
    public int RunNumber => Volatile.Read(ref _runNumber);

    /// <summary>Ticks of <see cref="Stopwatch"/> that the beginning of another run is waited for, spinning.</summary>
    public long SpinBetweenRuns => _betweenRuns.Ticks;

    public int ParkedWorkers => _roster.Workers.Count(w => w.IsParked);

    public int WorkerCount => _roster.Workers.Length;

    /// <summary>A group for one pool, with all the threads that it asks for.</summary>
    public static WorkerGroup Own(WorkerPool pool)
    {
        var group = new WorkerGroup(null, pool.Threads, []);
        lock (s_registering) group.Add(pool);
        return group;
    }

    /// <summary>
    /// The group that all pools of this process share that run on these cores, with <paramref name="pool"/> added to it.
    /// </summary>
    /// <param name="pool">A pool that asks for threads.</param>
    /// <param name="cores">Ascending; empty for the performance cores, or for all if the pool asks for more threads than there are such cores.</param>
    public static WorkerGroup Shared(WorkerPool pool, ReadOnlySpan<int> cores)
    {
        CpuTopology topology = CpuTopology.Current;
        int[] list = cores.ToArray();
        int size = list.Length;
        bool beyond = pool.Threads > topology.DefaultThreads && Environment.ProcessorCount > topology.DefaultThreads;
        string key = size > 0 ? string.Join(',', list) : beyond ? "all" : "performance";
        if (size == 0)
        {
            size = beyond ? Environment.ProcessorCount : topology.DefaultThreads;
            if (!beyond && topology.Cores.Any(c => !c.IsPerformance)) list = [.. topology.Cores.Where(c => c.IsPerformance).Select(c => c.Id)];
        }
        lock (s_registering)
        {
            if (!s_shared.TryGetValue(key, out WorkerGroup? group)) s_shared.Add(key, group = new WorkerGroup(key, size, list));
            group.Add(pool);
            return group;
        }
    }

    /// <summary>Takes a pool out, none of whose jobs is running; with the last pool the threads end.</summary>
    public void Remove(WorkerPool pool)
    {
        Worker[] ending;
        lock (s_registering)
        {
            Roster left = _roster.Without(pool);
            ending = left.Pools.Length == 0 ? left.Workers : [];
            _roster = left;
            if (left.Pools.Length > 0) return;
            if (_key is not null) s_shared.Remove(_key);
            _stopping = true;
        }
        foreach (Worker worker in ending) worker.Dispose();
    }

    /// <summary>A caller begins a run: workers look for its jobs until <see cref="EndRun"/>.</summary>
    /// <param name="now">By <see cref="Stopwatch"/>.</param>
    public void BeginRun(long now)
    {
        _announced = true;
        Interlocked.Increment(ref _runNumber);
        if (Interlocked.Increment(ref _callers) == 1) _betweenRuns.Learn(now - Volatile.Read(ref _lastEnd));
    }

    /// <inheritdoc cref="BeginRun"/>
    public void EndRun(long now)
    {
        Volatile.Write(ref _lastEnd, now);
        Interlocked.Decrement(ref _callers);
    }

    /// <summary>Wakes those who sleep of the workers that have the first <paramref name="seats"/> seats of <paramref name="pool"/>.</summary>
    public void Wake(WorkerPool pool, int seats)
    {
        Roster roster = _roster;
        int at = Array.IndexOf(roster.Pools, pool);
        int allowed = Math.Min(AllowedWorkers, roster.Workers.Length);
        for (int i = 0; i < allowed; i++)
        {
            int seat = roster.Seat(i, at);
            if (seat > 0 && seat <= seats) roster.Workers[i].Wake();
        }
    }

    /// <summary>Adds a pool, and workers as long as they and a caller are no more than the group's size.</summary>
    private void Add(WorkerPool pool)
    {
        Worker[] workers = _roster.Workers;
        int wanted = Math.Min(_roster.Pools.Append(pool).Sum(p => p.Threads - 1), _size - 1);
        if (workers.Length < wanted) workers = [.. workers, .. Enumerable.Range(workers.Length, wanted - workers.Length).Select(i => new Worker(this, i))];
        _roster = _roster.With(pool, workers);
        foreach (Worker worker in workers) worker.Start();
    }
}
