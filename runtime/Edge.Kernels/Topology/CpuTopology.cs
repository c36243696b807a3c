using Edge.Kernels.Isa;

namespace Edge.Kernels.Topology;

/// <summary>The cores of a system, their speeds and their caches. Immutable.</summary>
public sealed class CpuTopology
{
    /// <summary>What is assumed where nothing says more: the caches of the Raspberry Pi 4's Cortex-A72.</summary>
    private static readonly CpuCache s_defaultL1Data = new(32 * 1024, 1), s_defaultL2 = new(1024 * 1024, 4);

    private static readonly Lazy<CpuTopology> s_current = new(ReadCurrent);

    private CpuTopology(IReadOnlyList<CpuCore> cores, int limit)
    {
        Cores = cores;
        CpuCore fastest = cores.Where(c => c.IsPerformance).MinBy(c => c.Id) ?? cores[0];
        L1DataBytesPerCore = fastest.L1Data.BytesPerCore;
        L2BytesPerCore = fastest.L2.BytesPerCore;
        HasOwnL2 = fastest.L2.Cores == 1;
        L3BytesPerCore = fastest.L3.BytesPerCore;
        DefaultThreads = Math.Clamp(cores.Count(c => c is { IsPerformance: true, IsPrimary: true }), 1, Math.Max(limit, 1));
    }

    /// <summary>This machine, as far as this process may use it (affinity when it is first asked for; quota of its control group).</summary>
    public static CpuTopology Current => s_current.Value;

    /// <summary>Logical processors that may be used, ascending; at least one.</summary>
    public IReadOnlyList<CpuCore> Cores { get; }

    /// <summary>Bytes of first-level data cache that a performance core has when all of them work.</summary>
    public long L1DataBytesPerCore { get; }

    /// <summary>Bytes of second-level cache that a performance core has when all of them work.</summary>
    public long L2BytesPerCore { get; }

    /// <summary>Whether a performance core shares its second-level cache with none: what it wrote takes long to reach another one.</summary>
    public bool HasOwnL2 { get; }

    /// <summary>Bytes of third-level cache that a performance core has when all of them work; 0 where there is none, or it is not known.</summary>
    public long L3BytesPerCore { get; }

    /// <summary>
    /// Threads that a computation should have when it is given all of the process: one for each physical performance core, no
    /// more than the process's quota of processor time.
    /// </summary>
    public int DefaultThreads { get; }

    /// <summary>The topology that a Linux system states below <paramref name="root"/>, in <c>sys/devices</c>.</summary>
    /// <param name="root">The root of its file system.</param>
    /// <param name="allowed">The logical processors that may be used; null for all that are online.</param>
    /// <param name="limit">The most threads that are worth having, for example by a quota.</param>
    internal static CpuTopology Read(string root, IReadOnlyCollection<int>? allowed = null, int limit = int.MaxValue) => new(Complete(SysfsCores.Read(root), allowed, default), limit);

    private static CpuTopology ReadCurrent()
    {
        // The runtime counts what affinity and the control group's quota, rounded up, leave to the process.
        int limit = Environment.ProcessorCount;
        List<CpuCore> cores = OperatingSystem.IsLinux() ? SysfsCores.Read("/") : [];
        if (cores.Count == 0) cores = [.. Enumerable.Range(0, limit).Select(i => new CpuCore(i, 0, 1024, true, true, default, default, default))];
        return new CpuTopology(Complete(cores, Affinity.OfProcess(), CacheId.Read()), limit);
    }

    /// <summary>The allowed ones, with caches where the system states none (virtual machines, older device trees).</summary>
    private static List<CpuCore> Complete(List<CpuCore> cores, IReadOnlyCollection<int>? allowed, (long L1Data, long L2) known)
    {
        var usable = cores.Where(c => allowed is null || allowed.Contains(c.Id)).ToList();
        if (usable.Count == 0) usable = [.. cores];
        if (usable.Count == 0) usable = [new CpuCore(0, 0, 1024, true, true, default, default, default)];
        bool fastAreUsable = usable.Any(c => c.IsPerformance);
        for (int i = 0; i < usable.Count; i++)
        {
            CpuCore c = usable[i];
            usable[i] = c with
            {
                IsPerformance = c.IsPerformance || !fastAreUsable,
                L1Data = Or(c.L1Data, known.L1Data, s_defaultL1Data),
                L2 = Or(c.L2, known.L2, s_defaultL2),
                L3 = new CpuCache(c.L3.Bytes, Math.Max(c.L3.Cores, 1)),
            };
        }
        return usable;
    }

    private static CpuCache Or(CpuCache stated, long known, CpuCache otherwise) => stated.Bytes > 0 ? stated : known > 0 ? new CpuCache(known, 1) : otherwise;
}
