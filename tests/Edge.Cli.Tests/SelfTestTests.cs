using Edge.Cli.Commands;
using Edge.Cli.Output;
using Edge.Kernels.SelfTest;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

public sealed class SelfTestTests
{
    [Fact]
    public void Every_kernel_set_of_this_machine_agrees_with_the_scalar_one()
    {
        string output = Succeeds("selftest");
        Assert.Contains("conv_int8", output, StringComparison.Ordinal);
        Assert.Contains("all agree", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_differs_is_named_and_makes_the_test_fail()
    {
        using var output = new StringWriter();
        SelfTestResult[] results =
        [
            new("avx2/conv_int8/3x3", true, ""),
            new("avx2/conv_int8/1x1 / 2", false, "element 3 is 7, not 8"),
            new("avx2/conv_f32/3x3", true, ""),
        ];
        int code = SelfTestCommand.Run(new Terminal(output, TextWriter.Null), results, TestContext.Current.CancellationToken);
        Assert.Equal(1, code);
        string text = output.ToString();
        Assert.Matches(@"avx2 +conv_int8 +2 +1 FAILED", text);
        Assert.Matches(@"avx2 +conv_f32 +1 +agrees", text);
        Assert.Contains("FAILED avx2/conv_int8/1x1 / 2: element 3 is 7, not 8", text, StringComparison.Ordinal);
        Assert.Contains("1 of 3 comparisons with scalar failed", text, StringComparison.Ordinal);
    }
}
