using Edge.Kernels.Topology;
using Xunit;

namespace Edge.Kernels.Tests.Topology;

/// <summary>What is read from the trees of well-known systems, made up after their device trees and data sheets.</summary>
public sealed class CpuTopologyTests
{
    private const long KB = 1024, MB = 1024 * KB;

    /// <summary>Four A72 at 1.8 GHz behind one L2, no L3.</summary>
    private static SysfsTree RaspberryPi4() => new SysfsTree(4)
        .Cores(0, 3, "cpu_capacity", "1024").Cores(0, 3, "cpufreq/cpuinfo_max_freq", "1800000")
        .FirstLevel(0, 3, "32K").Cache(0, 3, 2, 2, "Unified", "1024K", _ => "0-3");

    /// <summary>Four A76 with an L2 each and an L3 for all.</summary>
    private static SysfsTree RaspberryPi5() => new SysfsTree(4)
        .Cores(0, 3, "cpu_capacity", "1024").Cores(0, 3, "cpufreq/cpuinfo_max_freq", "2400000")
        .FirstLevel(0, 3, "64K").Cache(0, 3, 2, 2, "Unified", "512K", i => $"{i}").Cache(0, 3, 3, 3, "Unified", "2048K", _ => "0-3");

    /// <summary>Eight A78AE in clusters of four, each with an L3.</summary>
    private static SysfsTree JetsonOrin() => new SysfsTree(8)
        .Cores(0, 7, "cpufreq/cpuinfo_max_freq", "2201600")
        .Cores(0, 3, "topology/cluster_id", "0").Cores(0, 3, "topology/cluster_cpus_list", "0-3")
        .Cores(4, 7, "topology/cluster_id", "1").Cores(4, 7, "topology/cluster_cpus_list", "4-7")
        .FirstLevel(0, 7, "64K").Cache(0, 7, 2, 2, "Unified", "256K", i => $"{i}")
        .Cache(0, 7, 3, 3, "Unified", "2048K", i => i < 4 ? "0-3" : "4-7");

    /// <summary>Four A55, then two pairs of A76.</summary>
    private static SysfsTree Rk3588() => new SysfsTree(8)
        .Cores(0, 3, "cpu_capacity", "530").Cores(4, 7, "cpu_capacity", "1024")
        .Cores(0, 3, "cpufreq/cpuinfo_max_freq", "1800000").Cores(4, 5, "cpufreq/cpuinfo_max_freq", "2256000").Cores(6, 7, "cpufreq/cpuinfo_max_freq", "2304000")
        .Cores(0, 3, "topology/cluster_id", "0").Cores(0, 3, "topology/cluster_cpus_list", "0-3")
        .Cores(4, 5, "topology/cluster_id", "1").Cores(4, 5, "topology/cluster_cpus_list", "4-5")
        .Cores(6, 7, "topology/cluster_id", "2").Cores(6, 7, "topology/cluster_cpus_list", "6-7")
        .FirstLevel(0, 3, "32K").FirstLevel(4, 7, "64K")
        .Cache(0, 3, 2, 2, "Unified", "128K", i => $"{i}").Cache(4, 7, 2, 2, "Unified", "512K", i => $"{i}")
        .Cache(0, 7, 3, 3, "Unified", "3072K", _ => "0-7");

    /// <summary>Four physical cores of two threads each; the second threads are numbered last.</summary>
    private static SysfsTree Desktop() => new SysfsTree(8)
        .Cores(0, 7, "topology/thread_siblings_list", i => $"{i % 4},{i % 4 + 4}")
        .Cores(0, 7, "cpufreq/cpuinfo_max_freq", "4500000").Core(1, "cpufreq/cpuinfo_max_freq", "4700000")
        .Cache(0, 7, 0, 1, "Data", "48K", i => $"{i % 4},{i % 4 + 4}").Cache(0, 7, 1, 1, "Instruction", "32K", i => $"{i % 4},{i % 4 + 4}")
        .Cache(0, 7, 2, 2, "Unified", "1M", i => $"{i % 4},{i % 4 + 4}").Cache(0, 7, 3, 3, "Unified", "16384K", _ => "0-7");

    [Fact]
    public void Raspberry_Pi_4()
    {
        using var tree = RaspberryPi4();
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal((32 * KB, 256 * KB, 0L, 4), (t.L1DataBytesPerCore, t.L2BytesPerCore, t.L3BytesPerCore, t.DefaultThreads));
        Assert.All(t.Cores, c => Assert.Equal((0, 1024, true, true), (c.Cluster, c.Capacity, c.IsPerformance, c.IsPrimary)));
        Assert.Equal(new CpuCache(MB, 4), t.Cores[0].L2);
        Assert.False(t.HasOwnL2);
    }

    [Fact]
    public void Raspberry_Pi_5()
    {
        using var tree = RaspberryPi5();
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal((64 * KB, 512 * KB, 512 * KB, 4), (t.L1DataBytesPerCore, t.L2BytesPerCore, t.L3BytesPerCore, t.DefaultThreads));
        Assert.Equal(new CpuCache(512 * KB, 1), t.Cores[3].L2);
        Assert.True(t.HasOwnL2);
    }

    [Fact]
    public void Jetson_Orin_has_two_clusters_of_equal_cores()
    {
        using var tree = JetsonOrin();
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], t.Cores.Select(c => c.Cluster));
        Assert.Equal((256 * KB, 512 * KB, 8), (t.L2BytesPerCore, t.L3BytesPerCore, t.DefaultThreads));
    }

    [Fact]
    public void Threads_of_a_big_little_system_are_its_big_cores_by_default()
    {
        using var tree = Rk3588();
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal([0, 0, 0, 0, 1, 1, 2, 2], t.Cores.Select(c => c.Cluster));
        Assert.Equal([4, 5, 6, 7], t.Cores.Where(c => c.IsPerformance).Select(c => c.Id));
        Assert.Equal((64 * KB, 512 * KB, 384 * KB, 4), (t.L1DataBytesPerCore, t.L2BytesPerCore, t.L3BytesPerCore, t.DefaultThreads));
        Assert.Equal(530, t.Cores[0].Capacity);
    }

    [Fact]
    public void A_process_kept_to_the_little_cores_uses_them()
    {
        using var tree = Rk3588();
        var t = CpuTopology.Read(tree.Root, allowed: [0, 1, 2]);
        Assert.Equal([0, 1, 2], t.Cores.Select(c => c.Id));
        Assert.Equal((128 * KB, 3), (t.L2BytesPerCore, t.DefaultThreads));
        Assert.Equal(1, CpuTopology.Read(tree.Root, allowed: [0, 1, 2, 5]).DefaultThreads);
    }

    [Fact]
    public void A_quota_limits_the_threads()
    {
        using var tree = RaspberryPi5();
        Assert.Equal(2, CpuTopology.Read(tree.Root, limit: 2).DefaultThreads);
        Assert.Equal(1, CpuTopology.Read(tree.Root, limit: 0).DefaultThreads);
    }

    [Fact]
    public void Threads_of_one_physical_core_count_once()
    {
        using var tree = Desktop();
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal(8, t.Cores.Count);
        Assert.Equal([0, 1, 2, 3], t.Cores.Where(c => c.IsPrimary).Select(c => c.Id));
        Assert.Equal((48 * KB, MB, 4 * MB, 4), (t.L1DataBytesPerCore, t.L2BytesPerCore, t.L3BytesPerCore, t.DefaultThreads));
        Assert.All(t.Cores, c => Assert.True(c.IsPerformance));
    }

    [Fact]
    public void Intel_names_the_fast_cores_of_a_hybrid()
    {
        using var tree = new SysfsTree(4).Cores(0, 1, "cpufreq/cpuinfo_max_freq", "5000000").Cores(2, 3, "cpufreq/cpuinfo_max_freq", "4800000").Write("sys/devices/cpu_core/cpus", "0-1");
        Assert.Equal([true, true, false, false], CpuTopology.Read(tree.Root).Cores.Select(c => c.IsPerformance));
    }

    [Fact]
    public void Frequencies_tell_fast_from_slow_where_no_capacities_do()
    {
        using var tree = new SysfsTree(4).Cores(0, 1, "cpufreq/cpuinfo_max_freq", "1416000").Cores(2, 3, "cpufreq/cpuinfo_max_freq", "1800000");
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal([805, 805, 1024, 1024], t.Cores.Select(c => c.Capacity));
        Assert.Equal(2, t.DefaultThreads);
    }

    [Fact]
    public void A_virtual_machine_that_states_nothing_gets_careful_sizes()
    {
        using var tree = new SysfsTree(2);
        var t = CpuTopology.Read(tree.Root);
        Assert.Equal((32 * KB, 256 * KB, 0L, 2), (t.L1DataBytesPerCore, t.L2BytesPerCore, t.L3BytesPerCore, t.DefaultThreads));
        Assert.False(t.HasOwnL2);
    }

    [Fact]
    public void Cores_that_are_offline_do_not_count()
    {
        using var tree = RaspberryPi4().Write("sys/devices/system/cpu/online", "1,3");
        Assert.Equal([1, 3], CpuTopology.Read(tree.Root).Cores.Select(c => c.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0-")]
    [InlineData("two")]
    public void Without_a_readable_tree_there_is_one_core(string online)
    {
        using var tree = new SysfsTree(2).Write("sys/devices/system/cpu/online", online);
        Assert.Single(CpuTopology.Read(tree.Root).Cores);
    }

    [Theory]
    [InlineData("lots")]
    [InlineData("-4K")]
    [InlineData("K")]
    [InlineData("")]
    public void Sizes_that_are_none_are_taken_for_unknown(string size)
    {
        using var tree = new SysfsTree(1).Cache(0, 0, 0, 2, "Unified", size, _ => "0");
        Assert.Equal(256 * KB, CpuTopology.Read(tree.Root).L2BytesPerCore);
    }

    [Fact]
    public void This_machine_has_cores_and_caches()
    {
        var t = CpuTopology.Current;
        Assert.InRange(t.DefaultThreads, 1, Environment.ProcessorCount);
        Assert.True(t.L1DataBytesPerCore > 0 && t.L2BytesPerCore > 0);
        Assert.Same(t, CpuTopology.Current);
    }

    [Theory]
    [InlineData("", new int[0])]
    [InlineData(" 5\n", new[] { 5 })]
    [InlineData("0-3,6", new[] { 0, 1, 2, 3, 6 })]
    [InlineData("6, 2 - 3,3", new[] { 2, 3, 6 })]
    [InlineData("8191", new[] { 8191 })]
    public void Core_lists_are_read(string text, int[] cores)
    {
        Assert.True(CoreList.TryParse(text, out int[]? read));
        Assert.Equal(cores, read);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("1,")]
    [InlineData("-1")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("0x1")]
    [InlineData("8192")]
    [InlineData("all")]
    public void What_is_no_core_list_is_refused(string text) => Assert.False(CoreList.TryParse(text, out _));

    [Fact]
    public void A_thread_can_be_kept_to_cores()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "affinity is set on Linux only");
        int[]? before = null, after = null;
        bool kept = false;
        var thread = new Thread(() =>
        {
            before = Affinity.OfThread();
            kept = Affinity.Pin(before!.AsSpan(0, 1));
            after = Affinity.OfThread();
        });
        thread.Start();
        thread.Join();
        Assert.True(kept);
        Assert.Equal(before!.Take(1), after);
        Assert.False(Affinity.Pin([CoreList.Highest]));
    }
}
