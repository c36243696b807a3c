using System.Runtime.InteropServices;

namespace Edge.Benchmarks.Measuring;

/// <summary>
/// Pins measurements to cores on Linux. Threads inherit the cores of the thread that starts them, so whoever pins itself before it
/// makes an engine has pinned the engine's workers, too.
/// </summary>
internal static unsafe partial class Affinity
{
    /// <summary>Cores a mask can name.</summary>
    private const int MaxCores = 1024;

    private static readonly int[] s_allowed = Allowed();

    /// <summary>
    /// Lets the calling thread, and threads that it starts, run on <paramref name="threads"/> cores: cores of their own first, then
    /// second hardware threads of the same ones. Elsewhere than on Linux nothing happens.
    /// </summary>
    public static void Pin(int threads)
    {
        PinTo(s_allowed.AsSpan(0, Math.Min(threads, s_allowed.Length)));
    }

    /// <summary>Lets the calling thread run on the core alone that <see cref="Pin"/> would take as number <paramref name="index"/>, from 0.</summary>
    public static void PinTo(int index) => PinTo(s_allowed.AsSpan(Math.Min(index, s_allowed.Length), Math.Min(1, Math.Max(0, s_allowed.Length - index))));

    private static void PinTo(ReadOnlySpan<int> cores)
    {
        if (cores.IsEmpty) return;
        ulong* mask = stackalloc ulong[MaxCores / 64];
        new Span<ulong>(mask, MaxCores / 64).Clear();
        foreach (int core in cores) mask[core / 64] |= 1UL << (core % 64);
        if (SetAffinity(0, MaxCores / 8, mask) != 0) throw new InvalidOperationException("the thread cannot be pinned to its cores");
    }

    /// <summary>Takes back <see cref="Pin"/> for the calling thread.</summary>
    public static void Release() => Pin(s_allowed.Length);

    private static int[] Allowed()
    {
        if (!OperatingSystem.IsLinux()) return [];
        ulong* mask = stackalloc ulong[MaxCores / 64];
        new Span<ulong>(mask, MaxCores / 64).Clear();
        if (GetAffinity(0, MaxCores / 8, mask) < 0) return [];
        var cores = new List<int>();
        for (int core = 0; core < MaxCores; core++)
            if ((mask[core / 64] >> (core % 64) & 1) != 0) cores.Add(core);
        return [.. cores.OrderBy(c => FirstSibling(c) == c ? 0 : 1)];
    }

    /// <summary>The first hardware thread of the core; the core itself where the system does not tell.</summary>
    private static int FirstSibling(int core)
    {
        string file = $"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list";
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Split(',', '-')[0], out int first) ? first : core;
    }

    // The functions of the C library; the raw system call returns the mask's length.
    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, ulong* mask);
}
