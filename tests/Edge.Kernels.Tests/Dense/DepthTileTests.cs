using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Which convolutions are computed along the sum.</summary>
public sealed class DepthTileTests
{
    private static string KernelOf(in ConvGeometry g, byte[] weights, bool signed)
    {
        using PreparedConvInt8 conv = KernelSets.Require(KernelSets.EmulatedDepth).PrepareConvInt8(g, new Int8Weights(weights, signed, []), [], false, 0, new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0));
        return conv.KernelName;
    }

    [Fact]
    public void Short_taps_are_left_to_tiles_with_short_steps()
    {
        // 16 bytes take 3 instructions or 4; 12 take 3 or 3, 17 take 6 or 5.
        foreach ((int terms, int rows) in ((int, int)[])[(4, 6), (12, 6), (13, 4), (16, 4), (17, 6), (25, 4), (64, 4)])
            Assert.Equal($"conv_int8_emulated_{rows}x{(rows == 4 ? 8 : 16)}", KernelOf(ConvGeometry.MatMul(9, terms, 20), new byte[terms * 20], true));
    }

    [Fact]
    public void Weights_whose_products_overflow_are_left_to_tiles_that_widen_each()
    {
        ConvGeometry g = ConvGeometry.MatMul(9, 64, 20);
        foreach ((bool signed, byte lowest) in ((bool, byte)[])[(true, 0x80), (false, 0)])
        {
            byte[] weights = new byte[64 * 20];
            Array.Fill(weights, (byte)1);
            weights[64 + 3] = weights[64 + 4] = weights[64 + 19] = weights[2 * 64 + 11] = lowest;
            Assert.Equal("conv_int8_emulated_4x8", KernelOf(g, weights, signed));
            weights[64 + 11] = lowest;
            Assert.Equal("conv_int8_emulated_6x16", KernelOf(g, weights, signed));
        }
    }

    [Fact]
    public void Pairs_are_found_where_weights_come_to_lie()
    {
        // 3×3 of 16 channels: terms of a tap are channels, which lie 9 weights apart.
        ConvGeometry g = Geometries.Square(5, 16, 8, 3, 1);
        byte[] weights = new byte[8 * 16 * 9];
        weights[3 * 9 + 2] = weights[11 * 9 + 3] = 0x80;
        Assert.Equal("conv_int8_emulated_4x8", KernelOf(g, weights, true));
        weights[11 * 9 + 2] = 0x80;
        Assert.Equal("conv_int8_emulated_6x16", KernelOf(g, weights, true));
    }
}
