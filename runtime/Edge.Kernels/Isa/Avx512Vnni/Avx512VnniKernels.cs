using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Emit;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Isa;

/// <summary>
/// The set <c>avx512vnni</c>: products of machine code that is emitted here, and everything else as in the best set that
/// this binary was compiled for.
/// </summary>
internal static unsafe class Avx512VnniKernels
{
    private const int Lanes = 16, StepBytes = 4;

    public static KernelSet Create() => Avx512F.IsSupported && Avx512BW.IsSupported
        ? KernelSet.Create<VectorF32x16>("avx512vnni", new GenericDense(Dense(
            &ActivationRow<VectorF32x16>.Apply,
            WeightOnlyKernels.Create<VectorF32x16>(),
            DepthwiseKernelsF32.Create<Avx512F32, Vector512<float>, Vector128F32, Vector128<float>>(),
            WinogradKernels.Create<Avx512F32, Vector512<float>, Vector128F32, Vector128<float>>(),
            DepthwiseKernelsInt8.Create<Avx512Int8, Vector512<int>, Vector512<short>>())))
        : KernelSet.Create<VectorF32x8>("avx512vnni", new GenericDense(Dense(
            &ActivationRow<VectorF32x8>.Apply,
            WeightOnlyKernels.Create<VectorF32x8>(),
            DepthwiseKernelsF32.Create<Avx2F32, Vector256<float>, Vector128F32, Vector128<float>>(),
            WinogradKernels.Create<Avx2F32, Vector256<float>, Vector128F32, Vector128<float>>(),
            DepthwiseKernelsInt8.Create<Avx2Int8, Vector256<int>, Vector256<short>>())));

    private static DenseIsa Dense(delegate*<in Activation, float*, nint, nint, nint, void> activate, WeightOnlyKernels weightOnly, DepthwiseKernelsF32 depthwiseF32, WinogradKernels winogradF32, DepthwiseKernelsInt8 depthwiseInt8) => new()
    {
        Name = "avx512vnni",
        Activate = activate,
        TilesF32 = new(() => Publish((rows, vectors, variant) => new F32TileEmitter(rows, vectors, variant))),
        WeightOnly = weightOnly,
        DepthwiseF32 = depthwiseF32,
        WinogradF32 = winogradF32,
        TilesInt8 = Int8Tiles.Of(takesSigned: false, (inputSigned, result) => Publish((rows, vectors, variant) => new Int8TileEmitter(rows, vectors, variant, flips: inputSigned, result))),
        DepthwiseInt8 = depthwiseInt8,
        EmitsDepthwise = true,
        PermutesBytes = Avx512VnniFeatures.PermutesBytes,
    };

    private static TileSet Publish(Func<int, int, TileVariant, TileEmitter> make) =>
        TileCode.Publish(2 * Lanes, TileEmitter.MaxRows, 1, StepBytes, (rows, variant) => make(rows, variant.HasFlag(TileVariant.LeftHalf) ? 1 : 2, variant).Emit());
}
