using System.Numerics;
using Edge.Kernels.Sampling;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Sampling;

internal sealed unsafe class GridSampleExecutor<T>(GridSampleGeometry geometry) : Executor where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly GridSampleKernel<T> _kernel = new(geometry);

    public override string Kernel { get; } =
        $"grid_sample_{geometry.Mode}_{DataTypeExtensions.Of<T>().OnnxName()}{(geometry.ChannelsLast ? "_channels_last" : "")}".ToLowerInvariant();

    public override void Execute(in StepContext c) => _kernel.Run(c.Input<T>(0), c.Input<T>(1), c.Output<T>(0), c.Pool);
}
