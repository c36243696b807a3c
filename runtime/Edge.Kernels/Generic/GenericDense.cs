using Edge.Kernels.Dense;
using Edge.Kernels.Emit.Depthwise;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic;

/// <summary>The dense routines over the kernels of one instruction set.</summary>
internal sealed unsafe class GenericDense(DenseIsa isa, DenseOptions options) : DenseKernels
{
    /// <summary>Products of a sum below which <see cref="DenseIsa.WordsForZeroPoints"/> are faster.</summary>
    private const int ShortSum = 128;

    public GenericDense(DenseIsa isa)
        : this(isa, DenseOptions.Default)
    {
    }

    public override bool TakesPixels => true;

    public override bool HasSameBitsAmongMany => isa.TilesF32.Value.HasAllVariants;

    public override IReadOnlyList<ConvMethod> MethodsF32(in ConvGeometry geometry)
    {
        ConvMethod[] methods = ConvChoice.Methods(geometry, isa.TilesF32.Value, options);
        if (methods.Length == 1 || options.Choice is not { } choice) return methods;
        ConvMethod first = choice.Choose(geometry, methods, With(options with { Choice = null }));
        return [first, .. methods.Where(m => m != first)];
    }

    public override PreparedConvF32 PrepareConvF32(ConvMethod method, in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null)
    {
        ConvArguments.Check(geometry, weights.Length, bias.Length);
        store ??= PackedStore.Memory;
        if (method != ConvMethod.Direct)
        {
            if (!WinogradLayout.Takes(geometry)) throw new NotSupportedException($"method {method} for {geometry}; supported: 3×3, stride 1, without dilation or groups");
            return new WinogradConvF32(isa, geometry, method == ConvMethod.Winograd2 ? 2 : 4, weights, bias, activation, options.Threads, store);
        }

        if (!geometry.IsDepthwise) return new GemmConvF32(isa, geometry, weights, bias, activation, store);
        return (isa.EmitsDepthwise ? EmittedDepthwiseF32.TryCreate(isa, geometry, weights, bias, activation, store) : null)
            ?? (PreparedConvF32)new DepthwiseConvF32(isa, geometry, weights, bias, activation, store);
    }

    public override DenseKernels With(DenseOptions other) => new GenericDense(isa, other);

    public override IReadOnlyList<ConvMethod> MethodsInt8(in ConvGeometry geometry, in Int8Weights weights, bool inputSigned, int inputZeroPoint)
    {
        ConvArguments.Check(geometry, weights.Data.Length, 0);
        return isa.Words is { } words ? ConvChoice.MethodsInt8(geometry, words.Accumulate, WinogradConvInt8.MostOutputs(geometry, weights, inputSigned, inputZeroPoint)) : [ConvMethod.Direct];
    }

    public override PreparedConvInt8 PrepareConvInt8(ConvMethod method, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore? store = null)
    {
        ConvArguments.Check(geometry, weights.Data.Length, bias.Length);
        store ??= PackedStore.Memory;
        if (method != ConvMethod.Direct)
        {
            int outputs = method == ConvMethod.Winograd2 ? 2 : 4;
            if (isa.Words is null || WinogradConvInt8.MostOutputs(geometry, weights, inputSigned, inputZeroPoint) < outputs)
                throw new NotSupportedException($"method {method} for {geometry} in integers; supported: 3×3, stride 1, without dilation or groups, on CPUs without dot products of bytes, of weights whose sums it recovers");
            return new WinogradConvInt8(isa, isa.Words, geometry, outputs, weights, bias, inputSigned, inputZeroPoint, output, options.Threads, store);
        }

        if (geometry.IsDepthwise)
            return (isa.EmitsDepthwise ? EmittedDepthwiseInt8.TryCreate(isa, geometry, weights, bias, inputSigned, inputZeroPoint, output, store) : null)
                ?? (PreparedConvInt8)new DepthwiseConvInt8(isa, geometry, weights, bias, inputSigned, inputZeroPoint, output, store);
        return WordsFor(geometry, weights) is { } words
            ? new GemmConvWords(isa, words, geometry, weights, bias, inputSigned, inputZeroPoint, output, store)
            : new GemmConvInt8(isa, Int8TileChoice.For(isa, geometry, weights, inputSigned), geometry, weights, bias, inputSigned, inputZeroPoint, output, store);
    }

    /// <summary>Tiles over words, where they compute an integer convolution; null where tiles over bytes do.</summary>
    private WordTiles? WordsFor(in ConvGeometry g, in Int8Weights weights)
    {
        if (isa.Words is not null || isa.WordsForZeroPoints is null) return isa.Words;
        bool isShort = g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth < ShortSum;
        return isShort && Int8Normalization.WeightZeroPoints(weights, g.OutChannels).AsSpan().ContainsAnyExcept(0) ? isa.WordsForZeroPoints : null;
    }

    public override PreparedConvF32 PrepareMatMulF32(int m, in IntegerWeights weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null)
    {
        weights.Check(bias.Length);
        return new WeightOnlyProductF32(isa, m, weights, bias, activation, options.Threads, store ?? PackedStore.Memory);
    }

    public override nint MatMulF32ScratchBytes(int m, int n, int k) => PackedF32Bytes(n, k);

    public override void MatMulF32(int m, int n, int k, float* a, nint lda, float* b, nint ldb, bool transposeB, float* c, nint ldc, byte* scratch, WorkerPool pool)
    {
        PackF32(n, k, b, ldb, transposeB, scratch, pool);
        Gemm.MatMulF32.Run(isa.TilesF32.Value, m, n, k, a, lda, scratch, c, ldc, pool);
    }

    public override nint PackedF32Bytes(int n, int k) => Gemm.MatMulF32.PackedBytes(isa.TilesF32.Value, n, k);

    public override void PackF32(int n, int k, float* b, nint ldb, bool transposeB, byte* packed, WorkerPool pool) =>
        Gemm.MatMulF32.Pack(isa.TilesF32.Value, n, k, b, ldb, transposeB, packed, pool);

    public override void MatMulPackedF32(int m, int n, int k, float* a, nint lda, byte* packed, float* c, nint ldc, WorkerPool pool) =>
        Gemm.MatMulF32.Run(isa.TilesF32.Value, m, n, k, a, lda, packed, c, ldc, pool);
}
