namespace Edge.Kernels.Threading;

/// <summary>Which workers of a group help which pools. Immutable.</summary>
internal sealed class Roster
{
    private readonly int[] _seats;

    /// <summary>
    /// Gives each pool workers for its seats, which are numbered from 1 (0 is its caller's): one after the other, so that pools
    /// have the same workers only if there are too few.
    /// </summary>
    public Roster(WorkerPool[] pools, Worker[] workers)
    {
        Pools = pools;
        Workers = workers;
        _seats = new int[pools.Length * workers.Length];
        int next = 0;
        for (int pool = 0; pool < pools.Length; pool++)
        {
            int seats = Math.Min(pools[pool].Threads - 1, workers.Length);
            for (int seat = 1; seat <= seats; seat++, next++) _seats[next % workers.Length * pools.Length + pool] = seat;
        }
    }

    public WorkerPool[] Pools { get; }

    public Worker[] Workers { get; }

    /// <summary>The seat that a worker has in a pool; 0 for none.</summary>
    public int Seat(int worker, int pool) => _seats[worker * Pools.Length + pool];
}
