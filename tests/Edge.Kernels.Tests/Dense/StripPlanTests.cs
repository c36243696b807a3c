using Edge.Kernels.Dense;
using Edge.Kernels.Topology;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Which convolutions are computed by strips, and of how many rows.</summary>
public class StripPlanTests
{
    private const int Float = 4, Byte = 1;

    private static ConvGeometry Depthwise(int size, int channels, int kernel = 3, int stride = 1, int batch = 1) =>
        Geometries.Square(size, channels, channels, kernel, kernel / 2, stride, group: channels) with { Batch = batch };

    /// <summary>With pointwise ones of a sixth of its channels on both sides.</summary>
    private static StripStages Bottleneck(in ConvGeometry g, int elementBytes = Float) =>
        new(g, true, true, elementBytes, g.Macs + ((long)g.Batch * g.InHeight * g.InWidth + (long)g.Batch * g.OutHeight * g.OutWidth) * g.InChannels * g.InChannels / 6);

    [Fact]
    public void What_is_more_than_a_cache_keeps_is_cut()
    {
        // 67 MB: more than a second-level cache has for one core.
        ConvGeometry large = Depthwise(512, 64);
        foreach (int threads in (int[])[1, 2, 4])
            foreach (bool sameBits in (bool[])[true, false])
            {
                Assert.NotNull(StripPlan.Find(new(large, true, false, Float, large.Macs), threads, sameBits));
                Assert.NotNull(StripPlan.Find(new(large, false, true, Byte, large.Macs), threads, sameBits));
                Assert.Null(StripPlan.Find(new(large, false, false, Float, large.Macs), threads, sameBits));
            }
    }

    [Fact]
    public void What_fits_is_cut_for_threads_on_cores_with_caches_of_their_own()
    {
        foreach (StripStages stages in (StripStages[])[Bottleneck(Depthwise(14, 96)), Bottleneck(Depthwise(14, 384), Byte), Bottleneck(Depthwise(14, 160, stride: 2))])
        {
            Assert.Null(StripPlan.Find(stages, 1, true));
            Assert.Equal(CpuTopology.Current.HasOwnL2, StripPlan.Find(stages, 2, true) is not null);
        }
    }

    [Fact]
    public void It_is_left_alone_where_it_would_cost_more_than_it_saves()
    {
        // One thread would do all; six rows of fourteen would be computed twice; pictures are enough for all threads.
        Assert.Null(StripPlan.Find(Bottleneck(Depthwise(14, 24)), 2, true));
        Assert.Null(StripPlan.Find(Bottleneck(Depthwise(14, 96)), 4, true));
        Assert.Null(StripPlan.Find(Bottleneck(Depthwise(14, 96, batch: 2)), 2, true));
    }

    [Fact]
    public void Nor_is_it_cut_where_bits_would_depend_on_threads()
    {
        Assert.Null(StripPlan.Find(Bottleneck(Depthwise(14, 96)), 2, sameBits: false));
        StripStages large = Bottleneck(Depthwise(512, 64));
        Assert.Equal(StripPlan.Find(large, 1, sameBits: false), StripPlan.Find(large, 3, sameBits: false));
    }

    [Theory]
    [InlineData(28, 2, 14)]
    [InlineData(14, 2, 7)]
    [InlineData(7, 2, 4)]
    [InlineData(56, 2, 14)]
    [InlineData(56, 4, 14)]
    [InlineData(15, 2, 8)]
    public void Threads_have_as_many_rows_each(int size, int threads, int rows)
    {
        ConvGeometry g = Depthwise(size, 8);
        StripPlan plan = StripPlan.TryMake(g, Byte, threads)!.Value;
        Assert.Equal(rows, plan.Rows);
        Assert.Equal(0, plan.Chunks(g, threads) % threads);
        Assert.Equal(g with { InHeight = rows + 2, OutHeight = rows, PadTop = 0 }, plan.Geometry(g));
    }

    [Fact]
    public void Strips_have_pixels_enough_for_the_bits_of_the_whole()
    {
        // 13 pixels a row: the last strip must not be a single one.
        Assert.NotEqual(1, 13 % StripPlan.TryMake(Depthwise(13, 64), Float, 1)!.Value.Rows);
        Assert.Null(StripPlan.TryMake(Depthwise(3, 64), Float, 2));
        Assert.Null(StripPlan.TryMake(Depthwise(1, 64), Float, 1));
        Assert.Null(StripPlan.TryMake(Geometries.Square(28, 64, 64, 3, 1), Float, 1));
    }

    [Fact]
    public void A_strip_fits_into_the_cache()
    {
        ConvGeometry g = Depthwise(112, 4096);
        Assert.Null(StripPlan.TryMake(Depthwise(112, 1 << 20), Float, 2));
        if (StripPlan.TryMake(g, Byte, 2) is { } plan) Assert.True((long)plan.InputRows(g) * 112 * 4096 <= CpuTopology.Current.L2BytesPerCore);
    }
}
