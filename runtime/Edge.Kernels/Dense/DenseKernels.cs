using Edge.Kernels.Packing;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Dense;

/// <summary>Convolutions and matrix products of one ISA. Immutable and free of locks.</summary>
public abstract unsafe class DenseKernels
{
    /// <summary>Packs a float32 convolution.</summary>
    /// <param name="geometry">The shape, already validated.</param>
    /// <param name="weights"><c>[OutC, InC/group, kH, kW]</c>, row-major; copied.</param>
    /// <param name="bias"><c>[OutC]</c>, or empty.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="store">Where packed weights come from, or go to; <see cref="PackedStore.Memory"/> if null. The other arguments are read only as far as it has none.</param>
    /// <exception cref="ArgumentException">The number of weights or biases does not fit the geometry.</exception>
    /// <exception cref="NotSupportedException">The kernel has too many elements.</exception>
    public PreparedConvF32 PrepareConvF32(in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null) =>
        PrepareConvF32(MethodsF32(geometry)[0], geometry, weights, bias, activation, store);

    /// <summary>Whether pointwise convolutions take pixels (<see cref="PreparedConv.TakesPixels"/>).</summary>
    public virtual bool TakesPixels => false;

    /// <summary>Whether pixels of float32 pointwise convolutions have the same bits among many (<see cref="PreparedConv.HasSameBitsAmongMany"/>).</summary>
    public virtual bool HasSameBitsAmongMany => false;

    /// <summary>Every way in which a float32 convolution can be computed here, the one that is expected to be the fastest first.</summary>
    public abstract IReadOnlyList<ConvMethod> MethodsF32(in ConvGeometry geometry);

    /// <summary>As the other <c>PrepareConvF32</c>, which takes the first of <see cref="MethodsF32"/>.</summary>
    /// <exception cref="NotSupportedException">The kernel has too many elements, or the convolution cannot be computed by <paramref name="method"/>.</exception>
    public abstract PreparedConvF32 PrepareConvF32(ConvMethod method, in ConvGeometry geometry, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null);

    /// <summary>The same kernels under other options; without, they are <see cref="DenseOptions.Default"/>.</summary>
    public abstract DenseKernels With(DenseOptions options);

    /// <summary>
    /// Packs an integer convolution: <c>acc = Σ (x − xZeroPoint) · (w − wZeroPoint) + bias</c> in int32, padding being
    /// <paramref name="inputZeroPoint"/>, then <paramref name="output"/>.
    /// </summary>
    /// <param name="geometry">The shape, already validated.</param>
    /// <param name="weights">Copied.</param>
    /// <param name="bias"><c>[OutC]</c>, or empty.</param>
    /// <param name="inputSigned">The input is int8 if true, else uint8.</param>
    /// <param name="inputZeroPoint">Within the range of the input's type.</param>
    /// <param name="output">Copied.</param>
    /// <param name="store">Where packed weights come from, or go to; <see cref="PackedStore.Memory"/> if null.</param>
    /// <exception cref="ArgumentException">The number of weights, biases, zero points or scales does not fit the geometry, or the output's range is empty.</exception>
    /// <exception cref="NotSupportedException">The kernel has too many elements.</exception>
    public PreparedConvInt8 PrepareConvInt8(in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore? store = null) =>
        PrepareConvInt8(MethodsInt8(geometry, weights, inputSigned, inputZeroPoint)[0], geometry, weights, bias, inputSigned, inputZeroPoint, output, store);

    /// <summary>Every way in which an integer convolution can be computed here, all to the same bits, the one that is expected to be the fastest first.</summary>
    /// <param name="geometry">The shape.</param>
    /// <param name="weights">What is multiplied: not every method recovers every sum.</param>
    /// <param name="inputSigned">The input is int8 if true, else uint8.</param>
    /// <param name="inputZeroPoint">Within the range of the input's type.</param>
    /// <exception cref="ArgumentException">The number of weights or zero points does not fit the geometry.</exception>
    public abstract IReadOnlyList<ConvMethod> MethodsInt8(in ConvGeometry geometry, in Int8Weights weights, bool inputSigned, int inputZeroPoint);

    /// <summary>As the other <c>PrepareConvInt8</c>, which takes the first of <see cref="MethodsInt8"/>.</summary>
    /// <exception cref="NotSupportedException">The kernel has too many elements, or <paramref name="method"/> is none of <see cref="MethodsInt8"/>.</exception>
    public abstract PreparedConvInt8 PrepareConvInt8(ConvMethod method, in ConvGeometry geometry, in Int8Weights weights, ReadOnlySpan<int> bias, bool inputSigned, int inputZeroPoint, in Int8Output output, PackedStore? store = null);

    /// <summary>
    /// Packs the weights of a float32 product, which stay integers in memory: a few rows are multiplied with codes that become float32 in
    /// registers, more rows with parts of the weights that became float32 in scratch.
    /// </summary>
    /// <param name="m">Rows of the left side.</param>
    /// <param name="weights">The right side.</param>
    /// <param name="bias">One for each column, or empty.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="store">
    /// Where packed weights come from, or go to; <see cref="PackedStore.Memory"/> if null. Codes, scales and biases are read only as far as it has none.
    /// </param>
    /// <exception cref="ArgumentException">Codes, scales, zero points or biases do not fit.</exception>
    public abstract PreparedConvF32 PrepareMatMulF32(int m, in IntegerWeights weights, ReadOnlySpan<float> bias, in Activation activation, PackedStore? store = null);

    /// <summary>Scratch of <see cref="MatMulF32"/> for these sizes.</summary>
    public abstract nint MatMulF32ScratchBytes(int m, int n, int k);

    /// <summary>
    /// <c>c = a · b</c> where neither side was known before: <paramref name="b"/> is packed into scratch first.
    /// </summary>
    /// <param name="m">Rows of a and c.</param>
    /// <param name="n">Columns of b and c.</param>
    /// <param name="k">Columns of a, rows of b.</param>
    /// <param name="a"><c>[m,k]</c>, rows <paramref name="lda"/> elements apart.</param>
    /// <param name="lda">Row stride of a, in elements.</param>
    /// <param name="b"><c>[k,n]</c>, or <c>[n,k]</c> if <paramref name="transposeB"/>.</param>
    /// <param name="ldb">Row stride of b as stored, in elements.</param>
    /// <param name="transposeB">b is stored transposed.</param>
    /// <param name="c"><c>[m,n]</c>, aliasing neither operand.</param>
    /// <param name="ldc">Row stride of c, in elements.</param>
    /// <param name="scratch">At least <see cref="MatMulF32ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void MatMulF32(int m, int n, int k, float* a, nint lda, float* b, nint ldb, bool transposeB, float* c, nint ldc, byte* scratch, WorkerPool pool);

    /// <summary>Bytes of a matrix of <paramref name="k"/> rows and <paramref name="n"/> columns in the form that <see cref="PackF32"/> gives it.</summary>
    public abstract nint PackedF32Bytes(int n, int k);

    /// <summary>Packs the right operand of products, for as many of them as there will be.</summary>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Rows of b.</param>
    /// <param name="b"><c>[k,n]</c>, or <c>[n,k]</c> if <paramref name="transposeB"/>.</param>
    /// <param name="ldb">Row stride of b as stored, in elements.</param>
    /// <param name="transposeB">b is stored transposed.</param>
    /// <param name="packed"><see cref="PackedF32Bytes"/> bytes, aligned to 64.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void PackF32(int n, int k, float* b, nint ldb, bool transposeB, byte* packed, WorkerPool pool);

    /// <summary><c>c = a · b</c> with b as <see cref="PackF32"/> left it; the same bits as <see cref="MatMulF32"/>.</summary>
    /// <param name="m">Rows of a and c.</param>
    /// <param name="n">Columns of b and c.</param>
    /// <param name="k">Columns of a, rows of b.</param>
    /// <param name="a"><c>[m,k]</c>, rows <paramref name="lda"/> elements apart.</param>
    /// <param name="lda">Row stride of a, in elements.</param>
    /// <param name="packed">b.</param>
    /// <param name="c"><c>[m,n]</c>, aliasing neither operand.</param>
    /// <param name="ldc">Row stride of c, in elements.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void MatMulPackedF32(int m, int n, int k, float* a, nint lda, byte* packed, float* c, nint ldc, WorkerPool pool);
}
