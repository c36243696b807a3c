using System.Runtime.Intrinsics;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>avx512</c>.</summary>
internal static unsafe class Avx512Kernels
{
    public static KernelSet Create() => KernelSet.Create<VectorF32x16>("avx512", new GenericDense(new DenseIsa
    {
        Name = "avx512",
        Activate = &ActivationRow<VectorF32x16>.Apply,
        TilesF32 = new(TileSet.Wide<F32Tile<Avx512F32, Vector512<float>>, Vector512<float>, Vector512<float>, Vector512<float>>),
        WeightOnly = WeightOnlyKernels.Create<VectorF32x16>(),
        DepthwiseF32 = DepthwiseKernelsF32.Create<Avx512F32, Vector512<float>, Vector128F32, Vector128<float>>(),
        WinogradF32 = WinogradKernels.Create<Avx512F32, Vector512<float>, Vector128F32, Vector128<float>>(),
        Words = WordTiles.Wide<Avx512Int8, Vector512<int>, Vector512<short>>(),
        DepthwiseInt8 = DepthwiseKernelsInt8.Create<Avx512Int8, Vector512<int>, Vector512<short>>(),
    }));
}
