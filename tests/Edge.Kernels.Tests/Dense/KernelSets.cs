using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Every kernel set there is, as test data; those that this CPU cannot run are skipped visibly.</summary>
public static class KernelSets
{
    public static TheoryData<string> All => [.. KernelCatalog.Names];

    public static KernelSet Require(string name)
    {
        KernelSet? set = KernelCatalog.Available.FirstOrDefault(s => s.Name == name);
        Assert.SkipUnless(set is not null, $"this CPU cannot run {name}");
        return set!;
    }

    /// <summary>Pools of one, two and more threads than there are chunks, shared by all tests that hold the lock.</summary>
    internal static readonly WorkerPool[] Pools = [WorkerPool.Inline, new(2), new(5)];
}
