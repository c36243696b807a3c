namespace Edge.Kernels.Generic.Depthwise;

/// <summary>The int8 depthwise kernels of one instruction set.</summary>
internal sealed unsafe class DepthwiseKernelsInt8
{
    // [signed · 2 + requantize][kernel]
    private readonly delegate*<DepthwiseArguments*, int, int>[][] _kernels;
    private readonly delegate*<short*, short*, short*, void> _pack;

    private DepthwiseKernelsInt8(int lanes, delegate*<short*, short*, short*, void> pack, params delegate*<DepthwiseArguments*, int, int>[][] kernels)
    {
        Lanes = lanes;
        _pack = pack;
        _kernels = kernels;
    }

    /// <summary>Channels of a vector.</summary>
    public int Lanes { get; }

    public delegate*<DepthwiseArguments*, int, int> For(DepthwiseKernel kernel, bool signed, bool requantize) =>
        _kernels[(signed ? 2 : 0) + (requantize ? 1 : 0)][(int)kernel];

    /// <inheritdoc cref="IPairLanes{TAcc,TPair}.PackWeights"/>
    public void PackWeights(short* w0, short* w1, short* to) => _pack(w0, w1, to);

    public static DepthwiseKernelsInt8 Create<TIsa, TAcc, TPair>()
        where TIsa : IPairLanes<TAcc, TPair> where TAcc : struct where TPair : struct => new(
            TIsa.Lanes,
            &TIsa.PackWeights,
            Kernels<TIsa, TAcc, TPair, No, No>(),
            Kernels<TIsa, TAcc, TPair, No, Yes>(),
            Kernels<TIsa, TAcc, TPair, Yes, No>(),
            Kernels<TIsa, TAcc, TPair, Yes, Yes>());

    // In the order of DepthwiseKernel.
    private static delegate*<DepthwiseArguments*, int, int>[] Kernels<TIsa, TAcc, TPair, TSigned, TRequantize>()
        where TIsa : IPairLanes<TAcc, TPair> where TAcc : struct where TPair : struct where TSigned : IFlag where TRequantize : IFlag =>
    [
        &DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>.AnyKernel,
        &DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>.Width3Stride1,
        &DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>.Width3Stride2,
        &DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>.Width5Stride1,
        &DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>.Width5Stride2,
    ];
}
