using Edge.Kernels.Pooling;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>A pooling.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="geometry">Its shape.</param>
/// <param name="elementBytes">Bytes of an element.</param>
internal sealed unsafe class PoolExecutor(PoolKernel kernel, in PoolGeometry geometry, int elementBytes) : Executor, IRowExecutor
{
    public override long Work { get; } = (long)geometry.Work;

    public override string Kernel => kernel.Name;

    public nint Rows { get; } = kernel.LinePixels == 0 || geometry.Channels == 0 ? 0 : (nint)(geometry.OutputCount / geometry.Channels);

    public int RowGranule => kernel.LinePixels;

    public long Cycles { get; } = geometry.InputCount * elementBytes / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint rows) => rows == Rows ? RowReach.All : RowReach.None;

    public void ExecuteRows(in StepContext c, nint rows, nint first, nint count) =>
        kernel.RunLines(c.Input<byte>(0), c.Output<byte>(0), first / kernel.LinePixels, count / kernel.LinePixels);

    public override void Execute(in StepContext c) => kernel.Run(c.Input<byte>(0), c.Output<byte>(0), c.Pool);
}

/// <summary>Inputs: x, x_scale, x_zero_point, y_scale, y_zero_point.</summary>
internal sealed unsafe class QuantizedPoolExecutor(QuantizedPoolKernel kernel, DataType type, in PoolGeometry geometry) : Executor
{
    public override long Work { get; } = (long)geometry.Work;

    public override string Kernel => kernel.Name;

    public override void Execute(in StepContext c) =>
        kernel.Run(
            c.Input<byte>(0), c.Output<byte>(0),
            Integers.Parameters(type, c.Input<float>(1), c.Input<byte>(2)),
            Integers.Parameters(type, c.Input<float>(3), c.Input<byte>(4)), c.Pool);
}
