using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>The float32 depthwise kernels of one instruction set: whole vectors first, then shorter ones, then single channels.</summary>
internal sealed unsafe class DepthwiseKernelsF32
{
    private readonly delegate*<DepthwiseArguments*, int, int>[] _any;
    private readonly delegate*<DepthwiseArguments*, int, int>[] _stride1;
    private readonly delegate*<DepthwiseArguments*, int, int>[] _stride2;

    private DepthwiseKernelsF32(
        delegate*<DepthwiseArguments*, int, int>[] any,
        delegate*<DepthwiseArguments*, int, int>[] stride1,
        delegate*<DepthwiseArguments*, int, int>[] stride2)
    {
        _any = any;
        _stride1 = stride1;
        _stride2 = stride2;
    }

    /// <summary>Kernels whose vectors are <typeparamref name="TIsa"/>'s, then <typeparamref name="TShort"/>'s.</summary>
    public static DepthwiseKernelsF32 Create<TIsa, TVec, TShort, TShortVec>()
        where TIsa : ILanesF32<TVec> where TVec : struct where TShort : ILanesF32<TShortVec> where TShortVec : struct => new(
            [&DepthwiseF32<TIsa, TVec>.AnyKernel, &DepthwiseF32<TShort, TShortVec>.AnyKernel, &DepthwiseF32<ScalarF32, float>.AnyKernel],
            [&DepthwiseF32<TIsa, TVec>.ThreeByThreeStride1, &DepthwiseF32<TShort, TShortVec>.ThreeByThreeStride1, &DepthwiseF32<ScalarF32, float>.ThreeByThreeStride1],
            [&DepthwiseF32<TIsa, TVec>.ThreeByThreeStride2, &DepthwiseF32<TShort, TShortVec>.ThreeByThreeStride2, &DepthwiseF32<ScalarF32, float>.ThreeByThreeStride2]);

    public void Run(DepthwiseKernel kernel, DepthwiseArguments* t)
    {
        var bodies = kernel switch
        {
            DepthwiseKernel.ThreeByThreeStride1 => _stride1,
            DepthwiseKernel.ThreeByThreeStride2 => _stride2,
            _ => _any,
        };
        int c = 0;
        for (int i = 0; c < t->Channels; i++) c = bodies[i](t, c);
    }
}
