using Edge.Kernels.Isa;

namespace Edge.Kernels.Normalization;

/// <summary>Normalisations of one ISA. Immutable and free of locks; results are the same bytes on every ISA.</summary>
public abstract class NormalizationKernels
{
    /// <summary>Rows brought to a common mean and deviation.</summary>
    public abstract RowNormalization Rows { get; }

    /// <summary>Elements divided by a power of the squares of neighbouring channels.</summary>
    public abstract LocalResponse LocalResponse { get; }
}

/// <summary>Normalisations closed over the vectors of one ISA.</summary>
/// <param name="isa">The name of the set, for the names of kernels.</param>
internal sealed class GenericNormalization<V>(string isa) : NormalizationKernels
    where V : unmanaged, IVectorF32<V>
{
    public override RowNormalization Rows { get; } = new RowNormalization<V>(isa);

    public override LocalResponse LocalResponse { get; } = new LocalResponse<V>(isa);
}
