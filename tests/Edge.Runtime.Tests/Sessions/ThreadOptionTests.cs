using System.Diagnostics;
using Edge.Kernels.Topology;
using Edge.Runtime.Execution;
using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>Threads, cores and processor time of sessions, and sessions that run at once.</summary>
public class ThreadOptionTests
{
    private static Model Convolution() => Model.FromProto(
        new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 8, 33, 31])
            .Initializer("w", EngineComparison.Random(1, 16 * 8 * 9).AsSpan<float>().ToArray(), 16, 8, 3, 3)
            .Node("Conv", ["x", "w"], ["c"]).Node("Relu", ["c"], ["r"]).Node("MaxPool", ["r"], ["y"], AttributeProto.Of("kernel_shape", [3L, 3L])).Output("y").Build(),
        "test");

    private static ArgumentException Refused(SessionOptions options) => Assert.Throws<ArgumentException>(() => new InferenceSession(Convolution(), options));

    [Fact]
    public void Threads_are_one_a_core_unless_options_say_otherwise()
    {
        int first = CpuTopology.Current.Cores[0].Id;
        Assert.Equal(CpuTopology.Current.DefaultThreads, SessionThreads.Of(new SessionOptions()).Count);
        Assert.Equal(7, SessionThreads.Of(new SessionOptions { Threads = 7 }).Count);
        Assert.Equal(1, SessionThreads.Of(new SessionOptions { CpuBudget = 0.25 }).Count);
        Assert.Equal(2, SessionThreads.Of(new SessionOptions { CpuBudget = 1.5, Threads = 4 }).Count);
        if (OperatingSystem.IsLinux()) Assert.Equal(1, SessionThreads.Of(new SessionOptions { Cores = $"{first}" }).Count);
    }

    [Fact]
    public void What_threads_cannot_be_is_refused_in_a_line()
    {
        Assert.Equal("Threads is -1; it must be 0 (one a core) or more", Refused(new SessionOptions { Threads = -1 }).Message);
        Assert.Equal("CpuBudget is -0.5; it must be 0 (no limit) or a number of cores of at least 0.01", Refused(new SessionOptions { CpuBudget = -0.5 }).Message);
        Assert.StartsWith("CpuBudget is NaN", Refused(new SessionOptions { CpuBudget = double.NaN }).Message, StringComparison.Ordinal);
        Assert.Equal("PinCaller is set without Cores; name the cores to keep the caller to", Refused(new SessionOptions { PinCaller = true }).Message);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are kept to cores on Linux only");
        Assert.Equal("Cores is 'big'; write numbers and ranges, such as 0-3 or 4,6", Refused(new SessionOptions { Cores = "big" }).Message);
        Assert.StartsWith("Cores is '8191'; this process may not use 8191, but ", Refused(new SessionOptions { Cores = "8191" }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Sessions_that_run_at_once_return_what_one_returns_alone(int threads)
    {
        var x = EngineComparison.Random(2, 1, 8, 33, 31);
        using var alone = new InferenceSession(Convolution(), new SessionOptions { Threads = 1 });
        float[] expected = alone.Run(x)[0].AsSpan<float>().ToArray();
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            using var session = new InferenceSession(Convolution(), new SessionOptions { Threads = threads });
            for (int i = 0; i < 50; i++) Assert.Equal(expected, session.Run(x)[0].AsSpan<float>().ToArray());
        });
    }

    [Fact]
    public void A_session_on_some_cores_with_a_budget_returns_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are kept to cores on Linux only");
        var x = EngineComparison.Random(2, 1, 8, 33, 31);
        using var plain = new InferenceSession(Convolution(), new SessionOptions { Threads = 1 });
        using var kept = new InferenceSession(Convolution(), new SessionOptions { Cores = string.Join(',', CpuTopology.Current.Cores.Select(c => c.Id)), CpuBudget = 0.5 });
        for (int i = 0; i < 3; i++) Assert.Equal(plain.Run(x)[0].AsSpan<float>().ToArray(), kept.Run(x)[0].AsSpan<float>().ToArray());
    }

    [Theory]
    [InlineData(0.25, 1, 7)]
    [InlineData(0.5, 1, 40)]
    [InlineData(1.5, 2, 40)]
    [InlineData(0.1, 1, 900)]
    public void Pauses_keep_the_processor_time_within_the_budget(double cores, int threads, double stepMilliseconds)
    {
        double now = 0, worked = 0, paused = 0;
        var throttle = new CpuThrottle(cores, threads, () => (long)(now * Stopwatch.Frequency), p =>
        {
            now += p.TotalSeconds;
            paused += p.TotalSeconds;
        });
        for (int run = 0; run < 20; run++)
        {
            for (int step = 0; step < 10; step++)
            {
                throttle.BeforeStep();
                now += stepMilliseconds / 1000;
                worked += threads * stepMilliseconds / 1000;
                Assert.InRange(worked, 0, cores * (now + 0.1) + threads * stepMilliseconds / 1000 + 1e-6);
            }
            throttle.EndRun();
        }
        Assert.InRange(worked / now, 0.9 * cores, 1.1 * cores + threads * stepMilliseconds / 1000 / now);
        Assert.True(paused > 0);
    }

    [Fact]
    public void Runs_that_leave_time_between_them_never_pause()
    {
        double now = 0;
        var throttle = new CpuThrottle(0.5, 1, () => (long)(now * Stopwatch.Frequency), _ => Assert.Fail("paused"));
        for (int run = 0; run < 100; run++)
        {
            throttle.BeforeStep();
            now += 0.02;
            throttle.BeforeStep();
            throttle.EndRun();
            now += 0.15;
        }
    }
}
