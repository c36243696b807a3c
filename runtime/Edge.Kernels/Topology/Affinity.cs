using System.Numerics;
using System.Runtime.InteropServices;

namespace Edge.Kernels.Topology;

/// <summary>On which logical processors threads may run. Linux only; elsewhere nothing is known, and nothing is set.</summary>
internal static unsafe partial class Affinity
{
    [ThreadStatic]
    private static int[]? t_kept;

    private const int Words = (CoreList.Highest + 1) / 64;

    /// <summary>The logical processors that the main thread may use, ascending; null where that is not known.</summary>
    public static int[]? OfProcess() => Of(Environment.ProcessId);

    /// <summary>The same of the calling thread.</summary>
    public static int[]? OfThread() => Of(0);

    /// <summary>Lets the calling thread run on <paramref name="cores"/> alone, of which there is at least one.</summary>
    /// <returns>False if the system refuses: none of them is there, or allowed.</returns>
    public static bool Pin(ReadOnlySpan<int> cores)
    {
        if (!OperatingSystem.IsLinux()) return false;
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        foreach (int core in cores) mask[core / 64] |= 1ul << (core % 64);
        return SetAffinity(0, Words * sizeof(ulong), mask) == 0;
    }

    /// <summary><see cref="Pin"/>, unless the last call for this thread was the same. Allocates nothing.</summary>
    public static void Keep(int[] cores)
    {
        if (ReferenceEquals(t_kept, cores)) return;
        Pin(cores);
        t_kept = cores;
    }

    private static int[]? Of(int thread)
    {
        if (!OperatingSystem.IsLinux()) return null;
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        if (GetAffinity(thread, Words * sizeof(ulong), mask) != 0) return null;
        List<int> cores = [];
        for (int word = 0; word < Words; word++)
            for (ulong bits = mask[word]; bits != 0; bits &= bits - 1) cores.Add(word * 64 + BitOperations.TrailingZeroCount(bits));
        return [.. cores];
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint length, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint length, ulong* mask);
}
