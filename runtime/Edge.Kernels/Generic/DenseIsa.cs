using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Generic;

/// <summary>What an instruction set contributes to dense routines: generic bodies closed over its lane operations.</summary>
internal sealed unsafe class DenseIsa
{
    /// <summary>Part of kernels' names.</summary>
    public required string Name { get; init; }

    /// <inheritdoc cref="ActivationRow{V}.Apply"/>
    public required delegate*<in Activation, float*, nint, nint, nint, void> Activate { get; init; }

    /// <summary>Made when they are first asked for: a model has a few kinds of products, and machine code takes time to write.</summary>
    public required Lazy<TileSet> TilesF32 { get; init; }

    public required WeightOnlyKernels WeightOnly { get; init; }

    public required DepthwiseKernelsF32 DepthwiseF32 { get; init; }

    public required WinogradKernels WinogradF32 { get; init; }

    /// <summary>Tiles over bytes; null where <see cref="Words"/> serves.</summary>
    public Int8Tiles? TilesInt8 { get; init; }

    /// <summary>
    /// Tiles over bytes that are faster than <see cref="TilesInt8"/> where taps are long, and exact unless <see cref="LowestPairs"/>
    /// finds something; null where there are none.
    /// </summary>
    public Int8Tiles? DepthTilesInt8 { get; init; }

    /// <summary>Tiles over bytes that were widened, where there is no dot product of bytes; null where there is one.</summary>
    public WordTiles? Words { get; init; }

    /// <summary>
    /// Beside <see cref="TilesInt8"/>: for short sums with weights that have zero points, which take more time than the sums themselves
    /// where tiles over bytes do not take them off; null for none.
    /// </summary>
    public WordTiles? WordsForZeroPoints { get; init; }

    public required DepthwiseKernelsInt8 DepthwiseInt8 { get; init; }

    /// <summary>Depthwise convolutions are emitted where their shape allows it: the CPU has AVX-512 with VNNI, the system executable memory.</summary>
    public bool EmitsDepthwise { get; init; }

    /// <summary>What is emitted may permute all bytes of a register: the CPU has AVX512_VBMI.</summary>
    public bool PermutesBytes { get; init; }
}
