namespace Edge.Kernels.Threading;

/// <summary>
/// Which workers of a group help which pools. Immutable; what follows from it by <see cref="With"/> and <see cref="Without"/>
/// leaves every other pool its workers, so that no two threads ever take the same seat, whichever roster they still look at.
/// </summary>
internal sealed class Roster
{
    private readonly int[] _seats;

    private Roster(WorkerPool[] pools, Worker[] workers)
    {
        Pools = pools;
        Workers = workers;
        _seats = new int[pools.Length * workers.Length];
    }

    /// <summary>Nobody.</summary>
    public static Roster Empty { get; } = new([], []);

    public WorkerPool[] Pools { get; }

    public Worker[] Workers { get; }

    /// <summary>The seat that a worker has in a pool; 0 for none.</summary>
    public int Seat(int worker, int pool) => _seats[worker * Pools.Length + pool];

    /// <summary>
    /// Gives one more pool workers for its seats, which are numbered from 1 (0 is its caller's): those that have the fewest seats,
    /// so that pools have the same workers only if there are too few.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <param name="workers">The present workers, and new ones behind them.</param>
    public Roster With(WorkerPool pool, Worker[] workers)
    {
        Roster next = Copy([.. Pools, pool], workers);
        int[] held = [.. workers.Select((_, w) => Enumerable.Range(0, Pools.Length).Count(p => next.Seat(w, p) > 0))];
        int seat = 1;
        foreach (int worker in Enumerable.Range(0, workers.Length).OrderBy(w => held[w]).Take(pool.Threads - 1)) next._seats[worker * next.Pools.Length + Pools.Length] = seat++;
        return next;
    }

    /// <summary>Takes a pool out.</summary>
    public Roster Without(WorkerPool pool) => Copy([.. Pools.Where(p => p != pool)], Workers);

    private Roster Copy(WorkerPool[] pools, Worker[] workers)
    {
        var copy = new Roster(pools, workers);
        for (int pool = 0; pool < pools.Length; pool++)
        {
            int before = Array.IndexOf(Pools, pools[pool]);
            for (int worker = 0; worker < Workers.Length && before >= 0; worker++) copy._seats[worker * pools.Length + pool] = Seat(worker, before);
        }
        return copy;
    }
}
