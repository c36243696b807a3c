using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Vision;

public class DeformConvOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void A_random_deformable_convolution_is_its_definition(int seed)
    {
        var draw = new Draw(seed);
        // Shares of the channels by group and by offset group that are the same, nested, or cross each other.
        var (channels, group, offsetGroup) = new[] { (1, 1, 1), (4, 1, 2), (4, 2, 1), (4, 2, 2), (4, 4, 2), (6, 2, 3), (24, 3, 2), (17, 1, 1) }[draw.Int(0, 7)];
        long[] kernel = [draw.Int(1, 3), draw.Int(1, 3)], strides = [draw.Int(1, 2), draw.Int(1, 2)], dilations = [draw.Int(1, 2), draw.Int(1, 2)];
        long[] pads = [draw.Int(0, 2), draw.Int(0, 2), draw.Int(0, 2), draw.Int(0, 2)];
        int[] size = [draw.Int(5, 12), draw.Int(5, 14)];
        int[] output = [.. Enumerable.Range(0, 2).Select(a => (int)((size[a] + pads[a] + pads[a + 2] - (kernel[a] - 1) * dilations[a] - 1) / strides[a] + 1))];
        int n = draw.Int(1, 2), outputs = group * draw.Int(1, 3), taps = (int)(kernel[0] * kernel[1]);
        Tensor x = draw.Float(n, channels, size[0], size[1]), w = draw.Float(outputs, channels / group, (int)kernel[0], (int)kernel[1]);
        Tensor offset = draw.Tensor(DataType.Float32, -2.5, 2.5, n, 2 * offsetGroup * taps, output[0], output[1]);
        Tensor? bias = draw.Int(0, 1) == 0 ? draw.Float(outputs) : null;
        Tensor? mask = draw.Int(0, 1) == 0 ? draw.Tensor(DataType.Float32, 0, 1, n, offsetGroup * taps, output[0], output[1]) : null;
        OperatorCase test = new OperatorCase("DeformConv", 19).Input(x);
        test = draw.Int(0, 1) == 0 ? test.Constant(w) : test.Input(w);
        test.Input(offset);
        if (bias is not null || mask is not null) test.Constant(bias);
        if (mask is not null) test.Input(mask);
        test.With(AttributeProto.Of("kernel_shape", kernel), AttributeProto.Of("strides", strides), AttributeProto.Of("dilations", dilations),
            AttributeProto.Of("pads", pads), AttributeProto.Of("group", (long)group), AttributeProto.Of("offset_group", (long)offsetGroup));
        if (draw.Int(0, 1) == 0) test.BehindPool();
        test.EverywhereWith([Definition(x, w, offset, bias, mask, strides, dilations, pads, offsetGroup, output)], 1e-4, 1e-3);
    }

    [Fact]
    public void Without_offsets_it_is_a_convolution()
    {
        var draw = new Draw(2);
        Tensor x = draw.Float(2, 6, 9, 11), w = draw.Float(8, 3, 3, 3), bias = draw.Float(8), offset = Tensor.Create(DataType.Float32, new Shape(2, 18, 9, 11));
        AttributeProto[] attributes = [AttributeProto.Of("pads", [1L, 1L, 1L, 1L]), AttributeProto.Of("group", 2L)];
        new OperatorCase("DeformConv", 22).Input(x).Constant(w).Input(offset).Constant(bias).With(attributes)
            .EverywhereWith(new OperatorCase("Conv", 22).Input(x).Constant(w).Constant(bias).With(attributes).Run(), 1e-5, 1e-4);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var draw = new Draw(1);
        OperatorCase Test(Tensor offset) => new OperatorCase("DeformConv", 19).Input(draw.Float(1, 4, 5, 5)).Constant(draw.Float(2, 4, 2, 2)).Input(offset);
        Assert.Contains("does not fit the convolution; it must be [1,8,4,4]", Test(draw.Float(1, 8, 5, 4)).Refusal());
        Assert.Contains("offset_group 3 does not divide 4 channels", Test(draw.Float(1, 24, 4, 4)).With(AttributeProto.Of("offset_group", 3L)).Refusal());
    }

    private static Tensor Definition(Tensor x, Tensor w, Tensor offset, Tensor? bias, Tensor? mask, long[] strides, long[] dilations, long[] pads, int offsetGroup, int[] output)
    {
        var (s, ws) = (x.Shape, w.Shape);
        int outputs = ws[0], group = s[1] / ws[1], taps = ws[2] * ws[3], pixels = output[0] * output[1];
        Tensor y = Tensor.Create(DataType.Float32, new Shape(s[0], outputs, output[0], output[1]));
        for (int i = 0; i < y.Count; i++)
        {
            int pixel = i % pixels, o = i / pixels % outputs, n = i / pixels / outputs;
            double sum = bias is null ? 0 : bias.AsSpan<float>()[o];
            for (int c = 0; c < ws[1]; c++)
            {
                int channel = o / (outputs / group) * ws[1] + c, tapGroup = channel / (s[1] / offsetGroup);
                for (int t = 0; t < taps; t++)
                {
                    int at = ((n * offsetGroup + tapGroup) * taps + t) * pixels + pixel, pair = at - pixel;
                    double down = pixel / output[1] * strides[0] - pads[0] + t / ws[3] * dilations[0] + offset.AsSpan<float>()[2 * pair + pixel];
                    double right = pixel % output[1] * strides[1] - pads[1] + t % ws[3] * dilations[1] + offset.AsSpan<float>()[2 * pair + pixels + pixel];
                    sum += Sample(x, (n * s[1] + channel) * s[2] * s[3], s[2], s[3], down, right) * w.AsSpan<float>()[(o * ws[1] + c) * taps + t] * (mask is null ? 1 : mask.AsSpan<float>()[at]);
                }
            }

            y.AsSpan<float>()[i] = (float)sum;
        }

        return y;
    }

    private static double Sample(Tensor x, int plane, int height, int width, double down, double right)
    {
        int top = (int)Math.Floor(down), left = (int)Math.Floor(right);
        double At(int h, int w) => h < 0 || w < 0 || h >= height || w >= width ? 0 : x.AsSpan<float>()[plane + h * width + w];
        double fy = down - top, fx = right - left;
        return (1 - fy) * ((1 - fx) * At(top, left) + fx * At(top, left + 1)) + fy * ((1 - fx) * At(top + 1, left) + fx * At(top + 1, left + 1));
    }
}
