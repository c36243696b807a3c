using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Which of an instruction set's tiles over bytes computes a convolution.</summary>
internal static class Int8TileChoice
{
    /// <summary>Vector instructions of a row and column for a step along the sum: of 16 bytes, against 4 of the others for 4 columns.</summary>
    private const int DepthInstructions = 3, OtherInstructions = 1;

    /// <summary>Tiles along the sum where they are exact for these weights and take fewer instructions, zeros behind the end of taps included.</summary>
    public static Int8Tiles For(DenseIsa isa, in ConvGeometry geometry, in Int8Weights weights, bool inputSigned)
    {
        Int8Tiles other = isa.TilesInt8!;
        if (isa.DepthTilesInt8 is not { } depth) return other;
        var layout = new ConvLayout(geometry, depth.For(inputSigned, Int8TileResult.Int32), 1);
        var otherLayout = new ConvLayout(geometry, other.For(inputSigned, Int8TileResult.Int32), 1);
        bool isFaster = layout.Taps * layout.TapSteps * DepthInstructions < otherLayout.Taps * otherLayout.TapSteps * OtherInstructions;
        return isFaster && !LowestPairs.Any(layout, weights.Data, Int8Normalization.WeightFlip(weights)) ? depth : other;
    }
}
