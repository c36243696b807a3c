using Xunit;

namespace Edge.Kernels.Tests.Catalog;

public sealed class KernelCatalogTests
{
    [Fact]
    public void Scalar_is_always_there_and_the_last_choice()
    {
        Assert.Equal("scalar", KernelCatalog.Available[^1].Name);
        Assert.Equal("scalar", KernelCatalog.Names[^1]);
        Assert.Equal("scalar", KernelCatalog.Select("scalar").Name);
    }

    [Fact]
    public void Available_sets_are_known_ones_in_the_same_order()
    {
        var available = KernelCatalog.Available.Select(s => s.Name).ToArray();
        Assert.Equal(KernelCatalog.Names.Where(available.Contains), available);
    }

    [Fact]
    public void A_set_is_chosen_by_its_name_whatever_the_case()
    {
        foreach (KernelSet set in KernelCatalog.Available) Assert.Same(set, KernelCatalog.Select(set.Name.ToUpperInvariant()));
    }

    [Fact]
    public void Without_a_name_the_environment_decides_and_without_that_the_best_set_is_taken()
    {
        string? before = Environment.GetEnvironmentVariable(KernelCatalog.IsaVariable);
        try
        {
            Environment.SetEnvironmentVariable(KernelCatalog.IsaVariable, null);
            Assert.Same(KernelCatalog.Available[0], KernelCatalog.Select());
            Environment.SetEnvironmentVariable(KernelCatalog.IsaVariable, "scalar");
            Assert.Equal("scalar", KernelCatalog.Select().Name);
            Assert.Same(KernelCatalog.Available[0], KernelCatalog.Select(KernelCatalog.Available[0].Name));
            Environment.SetEnvironmentVariable(KernelCatalog.IsaVariable, "sse9");
            var e = Assert.Throws<NotSupportedException>(() => KernelCatalog.Select());
            Assert.StartsWith("EDGE_ISA=sse9: there is no such set; this CPU can run ", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(KernelCatalog.IsaVariable, before);
        }
    }

    [Fact]
    public void An_unknown_name_is_refused_in_one_line_that_lists_what_would_work()
    {
        var e = Assert.Throws<NotSupportedException>(() => KernelCatalog.Select("sse9"));
        string can = string.Join(", ", KernelCatalog.Available.Select(s => s.Name));
        Assert.Equal($"kernel set 'sse9': there is no such set; this CPU can run {can}; all sets: {string.Join(", ", KernelCatalog.Names)}", e.Message);
    }

    [Fact]
    public void A_set_that_this_cpu_cannot_run_is_refused()
    {
        var available = KernelCatalog.Available.Select(s => s.Name).ToArray();
        foreach (string name in KernelCatalog.Names.Except(available))
        {
            var e = Assert.Throws<NotSupportedException>(() => KernelCatalog.Select(name));
            Assert.Contains("this CPU cannot run it", e.Message, StringComparison.Ordinal);
        }
    }
}
