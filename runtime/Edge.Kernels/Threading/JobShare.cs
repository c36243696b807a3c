using System.Runtime.InteropServices;

namespace Edge.Kernels.Threading;

/// <summary>
/// Consecutive chunks of a job, meant for one thread and open to all. On a cache line of its own, with all that a thread
/// needs to begin (128 bytes: lines are fetched in pairs).
/// </summary>
/// <remarks>
/// The ticket has the share's generation in the upper half, the number of chunks not yet handed out in the lower. Who wants a
/// chunk reads the ticket, then the job, then takes the chunk by compare-and-swap: if the share was filled anew meanwhile, the
/// generation has changed and the swap fails.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct JobShare
{
    [FieldOffset(0)]
    private long _ticket;

    [FieldOffset(8)]
    private delegate*<void*, int, void> _execute;

    [FieldOffset(16)]
    private void* _job;

    [FieldOffset(24)]
    private int _end;

    /// <summary>Chunks are there to be taken.</summary>
    public bool HasChunks => (int)Volatile.Read(ref _ticket) != 0;

    /// <summary>Offers chunks <paramref name="first"/> to <paramref name="end"/> − 1, some at least. None are left of the last job.</summary>
    public void Fill(delegate*<void*, int, void> execute, void* job, int first, int end)
    {
        _execute = execute;
        _job = job;
        _end = end;
        long generation = (_ticket >>> 32) + 1;
        Volatile.Write(ref _ticket, (generation << 32) | (uint)(end - first));
    }

    /// <summary>Takes a chunk; false if none is left.</summary>
    public bool TryTake(out delegate*<void*, int, void> execute, out void* job, out int chunk)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            execute = _execute;
            job = _job;
            int left = (int)ticket;
            chunk = _end - left;
            if (left == 0) return false;
            if (Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket) == ticket) return true;
        }
    }
}
