using Edge.Kernels.Isa;

namespace Edge.Kernels.Attention;

/// <summary>What attention takes beside products and softmax, for one ISA. Immutable and free of locks; results are the same bytes on every ISA.</summary>
public abstract class AttentionKernels
{
    /// <summary>The rows of scores before their softmax.</summary>
    public abstract ScoreKernel Scores { get; }

    /// <summary>The products of attention for one query.</summary>
    public abstract SingleQueryKernel SingleQuery { get; }

    /// <summary>Rotary position embedding.</summary>
    public abstract RotaryKernel Rotary { get; }

    /// <summary>Attention by a state that is carried from position to position.</summary>
    public abstract LinearAttentionKernel Linear { get; }

    /// <summary>Convolution of a channel with its own past.</summary>
    public abstract CausalConvKernel CausalConv { get; }
}

/// <summary>The kernels of attention closed over the vectors of one ISA.</summary>
/// <param name="isa">The name of the set, for the names of kernels.</param>
internal sealed class GenericAttention<V>(string isa) : AttentionKernels
    where V : unmanaged, IVectorF32<V>
{
    public override ScoreKernel Scores { get; } = new ScoreKernel<V>(isa);

    public override SingleQueryKernel SingleQuery { get; } = new SingleQueryKernel<V>(isa);

    public override RotaryKernel Rotary { get; } = new RotaryKernel<V>(isa);

    public override LinearAttentionKernel Linear { get; } = new LinearAttentionKernel<V>(isa);

    public override CausalConvKernel CausalConv { get; } = new CausalConvKernel<V>(isa);
}
