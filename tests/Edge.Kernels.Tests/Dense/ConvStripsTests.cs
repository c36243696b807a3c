using Edge.Kernels.Dense;
using Edge.Kernels.Isa;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Convolutions in strips compute what they compute one after another.</summary>
public class ConvStripsTests
{
    private static readonly Activation[] s_activations = [Activation.None, Activation.Clip(0, 6), new(ActivationKind.HardSwish)];

    /// <summary>Strips of 16 rows, of which the last is cut; shorter pictures; borders on one side; kernels lower than their stride.</summary>
    private static IEnumerable<ConvGeometry> Shapes()
    {
        foreach (int channels in (int[])[8, 17, 32, 70])
        {
            yield return Geometries.Square(37, channels, channels, 3, 1, group: channels);
            yield return Geometries.Square(40, channels, channels, 3, 1, stride: 2, group: channels);
        }

        yield return Geometries.Square(14, 24, 24, 3, 1, group: 24);
        yield return new(1, 9, 7, 40, 9, 7, 40, 3, 3, PadTop: 1, PadLeft: 1, Group: 40);
        yield return Geometries.Square(35, 24, 24, 5, 2, group: 24);
        yield return Geometries.Square(50, 24, 24, 3, 2, dilation: 2, group: 24);
        yield return Geometries.Square(48, 24, 24, 3, 0, group: 24);
        yield return new(2, 33, 21, 12, 16, 20, 12, 2, 2, 2, 1, Group: 12);
        yield return new(1, 65, 20, 12, 21, 20, 12, 2, 1, 3, 1, PadTop: 1, Group: 12);
        yield return new(3, 34, 16, 20, 34, 16, 20, 3, 3, PadTop: 2, PadLeft: 1, Group: 20);
        // Tall kernels whose borders are higher than a strip.
        yield return new(1, 40, 15, 16, 40, 15, 16, 33, 1, PadTop: 16, Group: 16);
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void They_compute_what_they_compute_one_after_another(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        Assert.SkipUnless(dense.TakesPixels, $"{isa} computes whole pictures");
        using WorkerPool two = new(2), three = new(3);
        int seed = 0;
        foreach (ConvGeometry g in Shapes())
            foreach (var (before, after) in ((int, int)[])[(11, 0), (0, 19), (32, 40)])
                foreach (bool int8 in (bool[])[false, true])
                {
                    seed++;
                    var c = new ConvStripsCase(g, before, after, s_activations[seed % 3], Residual: seed % 4 < 2);
                    if (ConvStripsCheck.Compare(dense, c, int8, signed: seed % 5 < 2, seed % 2 == 0 ? two : three, seed) is { } difference) Assert.Fail(difference);
                }
    }

    [Fact]
    public void Kernels_that_compute_whole_pictures_are_refused()
    {
        ConvGeometry g = Geometries.Square(32, 8, 8, 3, 1, group: 8), pointwise = Geometries.Square(32, 8, 8, 1);
        var dense = new ScalarDense();
        var plan = new StripPlan(4);
        PreparedConvF32 depthwise = dense.PrepareConvF32(plan.Geometry(g), new float[72], [], Activation.None), after = dense.PrepareConvF32(pointwise, new float[64], [], Activation.None);
        var e = Assert.Throws<NotSupportedException>(() => new ConvStrips(null, 0, depthwise, after, 32, g, plan, 4, 0, 1));
        Assert.Contains(after.KernelName, e.Message);
    }
}
