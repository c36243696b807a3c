using System.Runtime.InteropServices;

namespace Edge.Kernels.Threading;

/// <summary>
/// Consecutive chunks of a job, meant for one thread and open to all. On a cache line of its own, with all that a thread
/// needs to begin (128 bytes: lines are fetched in pairs).
/// </summary>
/// <remarks>
/// Chunks are taken from either end. The ticket has the share's generation in the upper half, then the end and the first of the
/// chunks not yet handed out, counted from the share's own first one. Who wants a chunk reads the ticket, then the job, then takes
/// the chunk by compare-and-swap: if the share was filled anew meanwhile, the generation has changed and the swap fails.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct JobShare
{
    /// <summary>The most chunks of a share.</summary>
    public const int MaxChunks = ushort.MaxValue;

    private const int EndShift = 16, GenerationShift = 32;

    [FieldOffset(0)]
    private long _ticket;

    [FieldOffset(8)]
    private delegate*<void*, int, int, void> _execute;

    [FieldOffset(16)]
    private void* _job;

    [FieldOffset(24)]
    private int _base;

    /// <summary>Chunks are there to be taken.</summary>
    public bool HasChunks
    {
        get
        {
            long ticket = Volatile.Read(ref _ticket);
            return First(ticket) < End(ticket);
        }
    }

    /// <summary>Offers chunks <paramref name="first"/> to <paramref name="end"/> − 1, at most <see cref="MaxChunks"/>. None are left of the last job.</summary>
    public void Fill(delegate*<void*, int, int, void> execute, void* job, int first, int end)
    {
        _execute = execute;
        _job = job;
        _base = first;
        long generation = (_ticket >>> GenerationShift) + 1;
        Volatile.Write(ref _ticket, (generation << GenerationShift) | ((uint)(end - first) << EndShift));
    }

    /// <summary>Takes a chunk; false if none is left.</summary>
    /// <param name="fromEnd">The last one, else the first.</param>
    /// <param name="execute">What executes it.</param>
    /// <param name="job">Its job.</param>
    /// <param name="chunk">Its number.</param>
    public bool TryTake(bool fromEnd, out delegate*<void*, int, int, void> execute, out void* job, out int chunk)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            execute = _execute;
            job = _job;
            int first = First(ticket), end = End(ticket);
            chunk = _base + (fromEnd ? end - 1 : first);
            if (first >= end) return false;
            if (Interlocked.CompareExchange(ref _ticket, fromEnd ? ticket - (1L << EndShift) : ticket + 1, ticket) == ticket) return true;
        }
    }

    private static int First(long ticket) => (ushort)ticket;

    private static int End(long ticket) => (ushort)(ticket >> EndShift);
}
