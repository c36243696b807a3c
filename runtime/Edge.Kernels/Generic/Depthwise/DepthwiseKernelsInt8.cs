namespace Edge.Kernels.Generic.Depthwise;

/// <summary>The int8 depthwise kernels of one instruction set.</summary>
internal sealed unsafe class DepthwiseKernelsInt8
{
    // [kernel][signed · 2 + requantize]
    private readonly delegate*<DepthwiseArguments*, int, int>[][] _kernels;
    private readonly delegate*<short*, short*, short*, void> _pack;

    private DepthwiseKernelsInt8(int lanes, delegate*<short*, short*, short*, void> pack, delegate*<DepthwiseArguments*, int, int>[][] kernels)
    {
        Lanes = lanes;
        _pack = pack;
        _kernels = kernels;
    }

    /// <summary>Channels of a vector.</summary>
    public int Lanes { get; }

    public delegate*<DepthwiseArguments*, int, int> For(DepthwiseKernel kernel, bool signed, bool requantize) =>
        _kernels[(int)kernel][(signed ? 2 : 0) + (requantize ? 1 : 0)];

    /// <inheritdoc cref="IPairLanes{TAcc,TPair}.PackWeights"/>
    public void PackWeights(short* w0, short* w1, short* to) => _pack(w0, w1, to);

    public static DepthwiseKernelsInt8 Create<TIsa, TAcc, TPair>()
        where TIsa : IPairLanes<TAcc, TPair> where TAcc : struct where TPair : struct => new(
            TIsa.Lanes,
            &TIsa.PackWeights,
            [
                [
                    &DepthwiseInt8<TIsa, TAcc, TPair, No, No>.AnyKernel, &DepthwiseInt8<TIsa, TAcc, TPair, No, Yes>.AnyKernel,
                    &DepthwiseInt8<TIsa, TAcc, TPair, Yes, No>.AnyKernel, &DepthwiseInt8<TIsa, TAcc, TPair, Yes, Yes>.AnyKernel,
                ],
                [
                    &DepthwiseInt8<TIsa, TAcc, TPair, No, No>.ThreeByThreeStride1, &DepthwiseInt8<TIsa, TAcc, TPair, No, Yes>.ThreeByThreeStride1,
                    &DepthwiseInt8<TIsa, TAcc, TPair, Yes, No>.ThreeByThreeStride1, &DepthwiseInt8<TIsa, TAcc, TPair, Yes, Yes>.ThreeByThreeStride1,
                ],
                [
                    &DepthwiseInt8<TIsa, TAcc, TPair, No, No>.ThreeByThreeStride2, &DepthwiseInt8<TIsa, TAcc, TPair, No, Yes>.ThreeByThreeStride2,
                    &DepthwiseInt8<TIsa, TAcc, TPair, Yes, No>.ThreeByThreeStride2, &DepthwiseInt8<TIsa, TAcc, TPair, Yes, Yes>.ThreeByThreeStride2,
                ],
            ]);
}
