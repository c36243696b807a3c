using System.Diagnostics;
using Edge.Kernels.Topology;

namespace Edge.Kernels.Threading;

/// <summary>A thread of a <see cref="WorkerGroup"/>.</summary>
internal sealed class Worker : IDisposable
{
    private readonly WorkerGroup _group;
    private readonly int _index;
    private readonly Parking _parking = new();
    private readonly Thread _thread;
    private SpinBudget _betweenJobs = new(least: TimeSpan.FromMicroseconds(100), typical: TimeSpan.FromMicroseconds(25));
    private int _turn;

    /// <param name="group">The group, which owns it.</param>
    /// <param name="index">Its place in the group, from 0.</param>
    public Worker(WorkerGroup group, int index)
    {
        _group = group;
        _index = index;
        _thread = new Thread(Work) { IsBackground = true, Name = $"edge-worker-{index + 1}" };
    }

    public bool IsParked => _parking.IsParked;

    private bool MayHelp => _index < _group.AllowedWorkers;

    /// <summary>Starts the thread if it has not been started.</summary>
    public void Start()
    {
        if ((_thread.ThreadState & System.Threading.ThreadState.Unstarted) != 0) _thread.Start();
    }

    public void Wake() => _parking.Wake();

    /// <summary>Waits until the thread has ended. The group is stopping.</summary>
    public void Dispose()
    {
        _parking.Wake();
        _thread.Join();
        _parking.Dispose();
    }

    private void Work()
    {
        // A core that has gone offline since leaves the thread where it may run.
        if (_group.Cores.Length > 0) Affinity.Pin(_group.Cores);
        while (!_group.IsStopping)
        {
            if (!TryHelp() && !Spin()) Park();
        }
    }

    /// <summary>Works on a job of one of its pools, of each in turn, until none of its chunks is left.</summary>
    private bool TryHelp()
    {
        if (!MayHelp) return false;
        Roster roster = _group.Roster;
        for (int i = 0; i < roster.Pools.Length; i++)
        {
            int pool = (_turn + i) % roster.Pools.Length;
            int seat = roster.Seat(_index, pool);
            if (seat == 0 || !roster.Pools[pool].Help(seat)) continue;
            _turn = pool + 1;
            return true;
        }
        return false;
    }

    /// <summary>Whether a share is there for its own seats; looking at those touches no line that others write while they work.</summary>
    private bool HasOwnWork()
    {
        Roster roster = _group.Roster;
        for (int pool = 0; pool < roster.Pools.Length; pool++)
        {
            int seat = roster.Seat(_index, pool);
            if (seat != 0 && roster.Pools[pool].HasWork(seat)) return true;
        }
        return false;
    }

    private bool HasWork()
    {
        if (_group.IsStopping) return true;
        if (!MayHelp) return false;
        Roster roster = _group.Roster;
        for (int pool = 0; pool < roster.Pools.Length; pool++)
            if (roster.Seat(_index, pool) != 0 && roster.Pools[pool].HasWork()) return true;
        return false;
    }

    /// <summary>Looks for work for as long as it is worth it.</summary>
    private bool Spin()
    {
        if (Environment.ProcessorCount == 1) return false;
        long start = Stopwatch.GetTimestamp(), run = _group.RunNumber;
        while (MayHelp)
        {
            bool found = false;
            for (int i = 0; i < 32 && !found; i++)
            {
                found = HasOwnWork();
                Thread.SpinWait(1);
            }
            found = found || HasWork();
            long waited = Stopwatch.GetTimestamp() - start;
            bool inRun = _group.IsRunning;
            if (found && inRun && _group.RunNumber == run) _betweenJobs.Learn(waited);
            if (found) return true;
            if (waited >= (inRun ? _betweenJobs.Ticks : _group.SpinBetweenRuns)) return false;
        }
        return false;
    }

    private void Park()
    {
        long start = Stopwatch.GetTimestamp(), run = _group.RunNumber;
        _parking.Announce();
        if (HasWork()) _parking.Cancel();
        else _parking.Wait();

        // What a sleep within one run teaches; how long one run after another is in coming is the group's to learn.
        if (_group.IsRunning && _group.RunNumber == run) _betweenJobs.Learn(Stopwatch.GetTimestamp() - start);
    }
}
