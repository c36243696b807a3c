using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>The float32 depthwise kernels of one instruction set: whole vectors first, then shorter ones, then single channels.</summary>
internal sealed unsafe class DepthwiseKernelsF32
{
    // [width of the vectors][kernel]
    private readonly delegate*<DepthwiseArguments*, int, int>[][] _kernels;

    private DepthwiseKernelsF32(params delegate*<DepthwiseArguments*, int, int>[][] kernels) => _kernels = kernels;

    /// <summary>Kernels whose vectors are <typeparamref name="TIsa"/>'s, then <typeparamref name="TShort"/>'s.</summary>
    public static DepthwiseKernelsF32 Create<TIsa, TVec, TShort, TShortVec>()
        where TIsa : ILanesF32<TVec> where TVec : struct where TShort : ILanesF32<TShortVec> where TShortVec : struct =>
        new(Kernels<TIsa, TVec>(), Kernels<TShort, TShortVec>(), Kernels<ScalarF32, float>());

    public void Run(DepthwiseKernel kernel, DepthwiseArguments* t)
    {
        int c = 0;
        for (int i = 0; c < t->Channels; i++) c = _kernels[i][(int)kernel](t, c);
    }

    // In the order of DepthwiseKernel.
    private static delegate*<DepthwiseArguments*, int, int>[] Kernels<TIsa, TVec>() where TIsa : ILanesF32<TVec> where TVec : struct =>
    [
        &DepthwiseF32<TIsa, TVec>.AnyKernel,
        &DepthwiseF32<TIsa, TVec>.Width3Stride1,
        &DepthwiseF32<TIsa, TVec>.Width3Stride2,
        &DepthwiseF32<TIsa, TVec>.Width5Stride1,
        &DepthwiseF32<TIsa, TVec>.Width5Stride2,
    ];
}
