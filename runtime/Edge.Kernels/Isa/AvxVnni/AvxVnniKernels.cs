using System.Runtime.Intrinsics;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>avxvnni</c>.</summary>
internal static unsafe class AvxVnniKernels
{
    public static KernelSet Create() => KernelSet.Create<VectorF32x8>("avxvnni", new GenericDense(new DenseIsa
    {
        Name = "avxvnni",
        Activate = &ActivationRow<VectorF32x8>.Apply,
        TilesF32 = new(TileSet.Narrow<F32Tile<Avx2F32, Vector256<float>>, Vector256<float>, Vector256<float>, Vector256<float>>),
        WeightOnly = WeightOnlyKernels.Create<VectorF32x8>(),
        DepthwiseF32 = DepthwiseKernelsF32.Create<Avx2F32, Vector256<float>, Vector128F32, Vector128<float>>(),
        WinogradF32 = WinogradKernels.Create<Avx2F32, Vector256<float>, Vector128F32, Vector128<float>>(),
        TilesInt8 = Int8Tiles.Narrow<AvxVnniInt8, Vector256<int>, Vector256<sbyte>, Vector256<byte>>(),
        WordsForZeroPoints = WordTiles.Narrow<Avx2Int8, Vector256<int>, Vector256<short>>(),
        DepthwiseInt8 = DepthwiseKernelsInt8.Create<Avx2Int8, Vector256<int>, Vector256<short>>(),
    }));
}
