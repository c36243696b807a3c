using Edge.Kernels;
using Edge.Runtime.Operators;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>What passes add to convolutions and products: activations, residuals, a narrowed range, a float output.</summary>
public class FusedNodeTests
{
    private static readonly (string, object)[] Clip = [("activation", "Clip"), ("activation_alpha", -0.5f), ("activation_beta", 1f)];

    public static IEnumerable<TheoryDataRow<string, bool, bool>> Variants() =>
        from set in KernelCatalog.Available
        from last in (bool[])[false, true]
        from known in (bool[])[false, true]
        select new TheoryDataRow<string, bool, bool>(set.Name, last, known);

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_convolution_adds_its_residual_before_the_activation(string isa, bool channelsLast, bool weightsKnown)
    {
        KernelSet kernels = KernelCatalog.Select(isa);
        var draw = new Draw(1);
        Tensor x = draw.Float(channelsLast ? [2, 5, 6, 3] : [2, 3, 5, 6]), w = draw.Float(7, 3, 3, 3), bias = draw.Float(7);
        (string, object)[] layout = [("channels_last", channelsLast ? 1L : 0L), ("pads", new[] { 1L, 1, 1, 1 })];
        Tensor plain = NodeRun.Of("", "Conv", kernels, layout, (x, false), (w, weightsKnown), (bias, weightsKnown));
        Tensor residual = draw.Float(plain.Shape.ToArray());
        Tensor fused = NodeRun.Of("", "Conv", kernels, [.. layout, .. Clip], (x, false), (w, weightsKnown), (bias, weightsKnown), (residual, false));
        Assert.Equal(plain.Shape, fused.Shape);
        for (int i = 0; i < plain.Count; i++)
            Assert.Equal(Math.Clamp(plain.AsSpan<float>()[i] + residual.AsSpan<float>()[i], -0.5f, 1), fused.AsSpan<float>()[i], 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_product_adds_its_bias_before_the_activation(string isa, bool batched, bool weightsKnown)
    {
        KernelSet kernels = KernelCatalog.Select(isa);
        var draw = new Draw(1);
        Tensor a = draw.Float(3, 5, 6), b = draw.Float(batched ? [3, 6, 9] : [6, 9]), bias = draw.Float(9);
        Tensor plain = NodeRun.Of("", "MatMul", kernels, [], (a, false), (b, weightsKnown));
        Tensor fused = NodeRun.Of("", "MatMul", kernels, Clip, (a, false), (b, weightsKnown), (bias, weightsKnown));
        for (int i = 0; i < plain.Count; i++)
            Assert.Equal(Math.Clamp(plain.AsSpan<float>()[i] + bias.AsSpan<float>()[i % 9], -0.5f, 1), fused.AsSpan<float>()[i], 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Gemm_applies_its_activation_last(string isa, bool addendKnown, bool weightsKnown)
    {
        KernelSet kernels = KernelCatalog.Select(isa);
        var draw = new Draw(1);
        Tensor a = draw.Float(5, 6), b = draw.Float(6, 9), c = draw.Float(5, 1);
        Tensor plain = NodeRun.Of("", "Gemm", kernels, [], (a, false), (b, weightsKnown), (c, addendKnown));
        Tensor fused = NodeRun.Of("", "Gemm", kernels, Clip, (a, false), (b, weightsKnown), (c, addendKnown));
        for (int i = 0; i < plain.Count; i++) Assert.Equal(Math.Clamp(plain.AsSpan<float>()[i], -0.5f, 1), fused.AsSpan<float>()[i], 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void An_integer_convolution_keeps_within_its_narrowed_range_or_gives_floats(string isa, bool channelsLast, bool known)
    {
        KernelSet kernels = KernelCatalog.Select(isa);
        var draw = new Draw(1);
        Tensor x = draw.Bytes(DataType.UInt8, channelsLast ? [1, 5, 6, 4] : [1, 4, 5, 6]), w = draw.Bytes(DataType.Int8, 6, 4, 3, 3);
        (Tensor?, bool)[] operands = [(x, false), (Draw.Scalar(0.02f), known), (Draw.Zero(DataType.UInt8, 9), known), (w, known), (draw.Tensor(DataType.Float32, 0.001, 0.01, 6), known), (Draw.Zero(DataType.Int8, 0), known)];
        (string, object)[] layout = [("channels_last", channelsLast ? 1L : 0L)];
        (Tensor?, bool)[] output = [(Draw.Scalar(0.05f), known), (Draw.Zero(DataType.UInt8, 100), known)];
        Tensor plain = NodeRun.Of("", "QLinearConv", kernels, layout, [.. operands, .. output]);
        Tensor narrow = NodeRun.Of("", "QLinearConv", kernels, [.. layout, ("activation_low", 100L), ("activation_high", 200L)], [.. operands, .. output]);
        Assert.Contains(plain.Bytes.ToArray(), b => b is < 100 or > 200);
        Assert.Equal(plain.Bytes.ToArray().Select(b => Math.Clamp(b, (byte)100, (byte)200)), narrow.Bytes.ToArray());

        // The float output requantized by hand is the quantized output, but for ties that the extra rounding moves.
        Tensor real = NodeRun.Of(OperatorCatalog.Internal, "QConvFloat", kernels, layout, operands);
        for (int i = 0; i < real.Count; i++)
            Assert.InRange(Math.Clamp(MathF.Round(real.AsSpan<float>()[i] / 0.05f) + 100, 0, 255) - plain.Bytes[i], -1, 1);
    }
}
