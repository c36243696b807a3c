using CsCheck;
using Edge.Quantization.Rewrite.WeightOnly;
using Xunit;

namespace Edge.Quantization.Tests.Rewrite;

public class BlockQuantizerTests
{
    private static readonly Gen<float[]> Weights = Gen.Float[-1, 1].Array[1, 70];

    private static double Error(float[] w, float[] q) => w.Zip(q, (a, b) => ((double)a - b) * (a - b)).Sum();

    [Fact]
    public void The_searched_scale_is_never_worse_than_the_largest_weight_at_the_last_code() => Weights.Sample(w =>
    {
        float scale = w.Max(Math.Abs) / 7;
        float[] plain = Array.ConvertAll(w, v => scale == 0 ? 0 : Math.Clamp(MathF.Round(v / scale), -8, 7) * scale);
        BlockWeights q = BlockQuantizer.Quantize(w, new BlockLayout(1, w.Length, 1, 256), asymmetric: false);
        Assert.All(q.Codes, c => Assert.InRange(c, -8, 7));
        return Error(w, q.Dequantize()) <= Error(w, plain) * 1.0001 + 1e-12;
    });

    [Fact]
    public void Asymmetric_blocks_hold_their_range_and_zero() => Weights.Sample(w =>
    {
        (float min, float max) = (Math.Min(0, w.Min()), Math.Max(0, w.Max()));
        BlockWeights q = BlockQuantizer.Quantize(w, new BlockLayout(1, w.Length, 1, 256), asymmetric: true);
        Assert.All(q.Codes, c => Assert.InRange(c, 0, 15));
        Assert.InRange(q.ZeroPoints![0], 0, 15);
        // Half a step for each, and as much for the zero point.
        double step = ((double)max - min) / 15;
        return Error(w, q.Dequantize()) <= w.Length * step * step * 1.0001 + 1e-12;
    });

    [Fact]
    public void Weights_on_a_grid_are_exact()
    {
        float[] w = [-8, 7, 0, 3, -1, 5, 0, 0];
        w = Array.ConvertAll(w, v => v * 0.125f);
        BlockWeights q = BlockQuantizer.Quantize(w, new BlockLayout(1, 8, 1, 16), asymmetric: false);
        Assert.Equal(w, q.Dequantize());
        float[] above = Array.ConvertAll((float[])[0, 15, 3, 7, 8, 1], v => v * 0.5f);
        Assert.Equal(above, BlockQuantizer.Quantize(above, new BlockLayout(1, 6, 1, 16), asymmetric: true).Dequantize());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zeros_stay_zeros_and_tiny_weights_do_no_harm(bool asymmetric)
    {
        var layout = new BlockLayout(1, 4, 1, 16);
        BlockWeights zeros = BlockQuantizer.Quantize([0, 0, 0, 0], layout, asymmetric);
        Assert.Equal([0, 0, 0, 0], zeros.Dequantize());
        Assert.Equal([1f], zeros.Scales);
        float[] tiny = [float.Epsilon, -float.Epsilon, 0, 3 * float.Epsilon];
        Assert.All(BlockQuantizer.Quantize(tiny, layout, asymmetric).Dequantize(), v => Assert.InRange(Math.Abs(v), 0, 8 * float.Epsilon));
    }

    [Fact]
    public void Blocks_lie_along_the_middle_axis()
    {
        // [2, 5, 3] in blocks of 2: three a run, the last of one element.
        var layout = new BlockLayout(2, 5, 3, 2);
        Assert.Equal((3, 18), (layout.PerExtent, layout.Count));
        var seen = new int[30];
        for (int n = 0; n < layout.Count; n++)
        {
            (int start, int length) = layout.Block(n);
            for (int i = 0; i < length; i++) seen[start + (i * 3)]++;
        }
        Assert.All(seen, s => Assert.Equal(1, s));
        Assert.Equal((15 + 12 + 1, 1), layout.Block(9 + 6 + 1));
    }

    [Fact]
    public void The_first_code_of_a_byte_is_in_its_low_half() => Assert.Equal([0x21, 0x8f, 0x07], BlockWeights.Pack([1, 2, -1, -8, 7]));
}
