using Edge.Kernels.Attention;
using Edge.Kernels.Dense;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Normalization;
using Edge.Kernels.Pooling;
using Edge.Kernels.Quantize;
using Edge.Kernels.Recurrent;
using Edge.Kernels.Reduction;

namespace Edge.Kernels;

/// <summary>
/// All kernels of one instruction set. Chosen once, by <c>KernelCatalog</c>, when a plan is built. Immutable.
/// </summary>
public sealed class KernelSet
{
    private KernelSet()
    {
    }

    /// <summary>The name that <c>EDGE_ISA</c> takes: <c>scalar</c>, <c>vector128</c>, <c>avx2</c>, …</summary>
    public required string Name { get; init; }

    /// <summary>Convolutions and matrix products.</summary>
    public required DenseKernels Dense { get; init; }

    /// <summary>Functions of single elements, with broadcasting.</summary>
    public required ElementwiseKernels Elementwise { get; init; }

    /// <summary>Conversions between float32 and integers, and arithmetic on quantized tensors.</summary>
    public required QuantizeKernels Quantize { get; init; }

    /// <summary>Sums, extremes and softmax along axes.</summary>
    public required ReductionKernels Reduction { get; init; }

    /// <summary>Layer, group and local response normalisation.</summary>
    public required NormalizationKernels Normalization { get; init; }

    /// <summary>What attention takes beside products and softmax.</summary>
    public required AttentionKernels Attention { get; init; }

    /// <summary>Reductions of windows.</summary>
    public required PoolingKernels Pooling { get; init; }

    /// <summary>Cells of recurrent networks.</summary>
    public required RecurrentKernels Recurrent { get; init; }

    /// <summary>The same kernels, with other options for the dense ones.</summary>
    public KernelSet With(DenseOptions options) => new()
    {
        Name = Name,
        Dense = Dense.With(options),
        Elementwise = Elementwise,
        Quantize = Quantize,
        Reduction = Reduction,
        Normalization = Normalization,
        Attention = Attention,
        Pooling = Pooling,
        Recurrent = Recurrent,
    };

    /// <summary>A set of hand-written dense kernels and of all other routines closed over the vector <typeparamref name="V"/>.</summary>
    internal static KernelSet Create<V>(string name, DenseKernels dense) where V : unmanaged, IVectorF32<V> => new()
    {
        Name = name,
        Dense = dense,
        Elementwise = new GenericElementwise<V>(name),
        Quantize = new GenericQuantize<V>(name),
        Reduction = new GenericReduction<V>(name),
        Normalization = new GenericNormalization<V>(name),
        Attention = new GenericAttention<V>(name),
        Pooling = new GenericPooling<V>(name),
        Recurrent = new GenericRecurrent<V>(name),
    };
}
