using System.Runtime.Intrinsics;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>vector128</c>.</summary>
internal static unsafe class Vector128Kernels
{
    public static KernelSet Create() => KernelSet.Create<VectorF32x4>("vector128", new GenericDense(new DenseIsa
    {
        Name = "vector128",
        Activate = &ActivationRow<VectorF32x4>.Apply,
        TilesF32 = new(TileSet.Narrow<F32Tile<Vector128F32, Vector128<float>>, Vector128<float>, Vector128<float>, Vector128<float>>),
        WeightOnly = WeightOnlyKernels.Create<VectorF32x4>(),
        DepthwiseF32 = DepthwiseKernelsF32.Create<Vector128F32, Vector128<float>, Vector128F32, Vector128<float>>(),
        WinogradF32 = WinogradKernels.Create<Vector128F32, Vector128<float>, Vector128F32, Vector128<float>>(),
        Words = WordTiles.Narrow<Vector128Int8, Vector128<int>, Vector128<short>>(),
        DepthwiseInt8 = DepthwiseKernelsInt8.Create<Vector128Int8, Vector128<int>, Vector128<short>>(),
    }));
}
