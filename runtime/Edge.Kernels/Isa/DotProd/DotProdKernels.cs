using System.Runtime.Intrinsics;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>dotprod</c>.</summary>
internal static unsafe class DotProdKernels
{
    public static KernelSet Create() =>
        KernelSet.Create<VectorF32x4>("dotprod", new GenericDense(Dense("dotprod", Int8Tiles.ByElement<DotProdInt8, Vector128<int>, Vector128<sbyte>, Vector128<sbyte>>())));

    /// <summary>What a set of NEON and of better products of bytes is made of.</summary>
    public static DenseIsa Dense(string name, Int8Tiles tiles) => new()
    {
        Name = name,
        Activate = &ActivationRow<VectorF32x4>.Apply,
        TilesF32 = new(TileSet.ByElement<F32ByElementTile<NeonF32, Vector128<float>>, Vector128<float>, Vector128<float>, Vector128<float>>),
        WeightOnly = WeightOnlyKernels.Create<VectorF32x4>(),
        DepthwiseF32 = DepthwiseKernelsF32.Create<NeonF32, Vector128<float>, Vector128F32, Vector128<float>>(),
        WinogradF32 = WinogradKernels.Create<NeonF32, Vector128<float>, Vector128F32, Vector128<float>>(),
        TilesInt8 = tiles,
        DepthwiseInt8 = DepthwiseKernelsInt8.Create<NeonDepthwiseInt8, NeonDepthwiseInt8.Accumulators, NeonDepthwiseInt8.Pair>(),
    };
}
