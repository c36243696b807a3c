using Edge.Kernels.Normalization;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>A normalisation whose sets are rows of neighbours.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="layout">The rows.</param>
/// <param name="centre">Whether the mean is taken away.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="scale">The input with the scale, as the kernel takes it; −1 where <paramref name="spreadScale"/> is given, or for none.</param>
/// <param name="bias">Likewise the bias.</param>
/// <param name="spreadScale">A scale for each element.</param>
/// <param name="spreadBias">Likewise a bias.</param>
internal sealed unsafe class RowNormalizationExecutor(
    RowNormalization kernel, RowLayout layout, bool centre, double epsilon, int scale, int bias, RowParameter? spreadScale = null, RowParameter? spreadBias = null) : Executor
{
    public override string Kernel => kernel.Name;

    public override nint ScratchBytes => (spreadScale?.ScratchBytes ?? 0) + (spreadBias?.ScratchBytes ?? 0);

    /// <summary>The output for the mean of each row; −1 for none.</summary>
    public int Mean { get; init; } = -1;

    /// <summary>The output for one over the deviation of each row; −1 for none.</summary>
    public int InverseDeviation { get; init; } = -1;

    public override void Execute(in StepContext c)
    {
        var operands = new RowOperands { X = c.Input<float>(0), Y = c.Output<float>(0) };
        operands.Scale = spreadScale is not null ? spreadScale.Get(c, c.Scratch) : scale < 0 ? null : c.Input<float>(scale);
        operands.Bias = spreadBias is not null ? spreadBias.Get(c, c.Scratch + (spreadScale?.ScratchBytes ?? 0)) : bias < 0 ? null : c.Input<float>(bias);
        if (Mean >= 0) operands.Mean = c.Output<float>(Mean);
        if (InverseDeviation >= 0) operands.InverseDeviation = c.Output<float>(InverseDeviation);
        kernel.Run(layout, centre, epsilon, operands, c.Pool);
    }
}
