using System.Runtime.Intrinsics;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>neon</c>.</summary>
internal static unsafe class NeonKernels
{
    public static KernelSet Create() => KernelSet.Create<VectorF32x4>("neon", new GenericDense(new DenseIsa
    {
        Name = "neon",
        Activate = &ActivationRow<VectorF32x4>.Apply,
        TilesF32 = new(TileSet.ByElement<F32ByElementTile<NeonF32, Vector128<float>>, Vector128<float>, Vector128<float>, Vector128<float>>),
        WeightOnly = WeightOnlyKernels.Create<VectorF32x4>(),
        DepthwiseF32 = DepthwiseKernelsF32.Create<NeonF32, Vector128<float>, Vector128F32, Vector128<float>>(),
        WinogradF32 = WinogradKernels.Create<NeonF32, Vector128<float>, Vector128F32, Vector128<float>>(),
        TilesInt8 = Int8Tiles.Narrow<NeonInt8, NeonInt8.Accumulators, Vector128<sbyte>, Vector128<sbyte>>(),
        DepthTilesInt8 = Int8Tiles.Depth<NeonDepthInt8, Vector128<int>, NeonDepthInt8.Halves, Vector128<short>>(),
        DepthwiseInt8 = DepthwiseKernelsInt8.Create<NeonDepthwiseInt8, NeonDepthwiseInt8.Accumulators, NeonDepthwiseInt8.Pair>(),
    }));
}
