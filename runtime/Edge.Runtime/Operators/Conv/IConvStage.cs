using Edge.Kernels.Dense;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Conv;

/// <summary>An operator whose nodes can be a stage of <see cref="ConvStripsOperator"/>.</summary>
internal interface IConvStage
{
    /// <summary>
    /// The node's shape; null where it can be no stage: not over channels-last pictures, or more than its first input and a residual come
    /// with each run.
    /// </summary>
    ConvGeometry? StageOf(Node node);

    /// <summary>The input that is added before the activation; null for none.</summary>
    Value? ResidualOf(Node node);

    /// <summary>Each byte of the input's padding.</summary>
    byte PaddingOf(Node node);

    /// <summary>Prepares the kernel, which the caller owns.</summary>
    /// <param name="c">The node's.</param>
    /// <param name="g">Its shape, or that of a part of it.</param>
    PreparedConv PrepareKernel(PrepareContext c, in ConvGeometry g);
}
