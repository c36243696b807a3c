using Edge.Kernels.Layout;

namespace Edge.Runtime.Operators.Gather;

/// <summary>Rows by indices, which are checked in every run.</summary>
internal sealed unsafe class GatherExecutor(string path, GatherRows rows, int size, bool wide) : Executor
{
    public override string Kernel => rows.Name;

    public override void Execute(in StepContext c)
    {
        int bad = wide
            ? rows.Run(c.Input<byte>(0), c.Input<long>(1), c.Output<byte>(0), c.Pool)
            : rows.Run(c.Input<byte>(0), c.Input<int>(1), c.Output<byte>(0), c.Pool);
        if (bad >= 0) IndexError.Throw(path, Axes.IndexAt(c.Input<byte>(1), wide, bad), size);
    }
}
