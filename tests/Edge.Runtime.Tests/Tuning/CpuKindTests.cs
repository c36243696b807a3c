using Xunit;

namespace Edge.Runtime.Tests.Tuning;

public sealed class CpuKindTests
{
    [Theory]
    [InlineData("vendor_id : AuthenticAMD\ncpu family : 26\nmodel : 2\nmodel name : AMD EPYC", "amd-epyc-zen5")]
    [InlineData("vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 97\nmodel name\t: AMD Ryzen 9 7950X 16-Core Processor", "amd-ryzen-9-7950x-16-zen4")]
    [InlineData("vendor_id : GenuineIntel\ncpu family : 6\nmodel : 143\nmodel name : Intel(R) Xeon(R) Platinum 8480+ CPU @ 2.00GHz", "intel-xeon-platinum-8480-family6-model143")]
    [InlineData("processor : 0\nCPU implementer : 0x41\nCPU part : 0xd0b\n", "cortex-a76")]
    [InlineData("", "unknown-family0-model0")]
    public void A_processor_has_a_name_for_a_folder(string info, string slug) => Assert.Equal(slug, CpuKind.Of(info.Split('\n')));
}
