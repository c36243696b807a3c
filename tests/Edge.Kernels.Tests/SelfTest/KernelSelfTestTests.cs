using Edge.Kernels.SelfTest;
using Xunit;

namespace Edge.Kernels.Tests.SelfTest;

public sealed class KernelSelfTestTests
{
    [Fact]
    public void Every_available_set_passes_every_case()
    {
        SelfTestResult[] results = [.. KernelSelfTest.Run()];
        Assert.All(results, r => Assert.True(r.Passed, $"{r.Name}: {r.Detail}"));
        foreach (KernelSet set in KernelCatalog.Available.SkipLast(1))
            Assert.Contains(results, r => r.Name.StartsWith(set.Name + "/conv_int8/", StringComparison.Ordinal));
        Assert.Equal(results.Length, results.Select(r => r.Name).Distinct().Count());
    }
}
