using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Emit;
using Xunit;

namespace Edge.Kernels.Tests.Emit;

public class Avx512VnniTests
{
    /// <summary>Linux's own word on what the CPU has and the system saves.</summary>
    private static bool SystemHasIt => File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal)) is { } flags
        && flags.Split(' ') is var all && all.Contains("avx512_vnni") && all.Contains("avx512bw") && all.Contains("avx512vl");

    [Fact]
    public void The_set_is_there_exactly_where_the_system_says_so()
    {
        Assert.SkipUnless(X86Base.IsSupported && ExecutableMemory.Refusal is null, "no x64, or executable memory is refused");
        Assert.Equal(SystemHasIt, KernelCatalog.Available.Any(s => s.Name == "avx512vnni"));
    }

    [Fact]
    public unsafe void Published_code_is_executable_and_not_writable()
    {
        Assert.SkipUnless(ExecutableMemory.Refusal is null, ExecutableMemory.Refusal ?? "");
        nint address = (nint)ExecutableMemory.Publish([0xC3]);
        string mapping = File.ReadLines("/proc/self/maps").Single(l =>
        {
            var range = l[..l.IndexOf(' ')].Split('-');
            return Convert.ToInt64(range[0], 16) <= address && address < Convert.ToInt64(range[1], 16);
        });
        Assert.Equal("r-xp", mapping.Split(' ')[1]);
    }
}
