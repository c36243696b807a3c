using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>Casts <paramref name="count"/> elements.</summary>
internal sealed unsafe class CastExecutor(DataType from, DataType to, int count) : Executor
{
    private readonly delegate*<void*, void*, nint, void> _cast = ElementCast.Find(from, to);

    public override string Kernel { get; } = $"cast_{from.OnnxName()}_{to.OnnxName()}";

    public override void Execute(in StepContext c)
    {
        int chunks = Grain.Chunks((nint)count * (from.Size() + to.Size()), count, c.Pool.Threads);
        var job = new Job(_cast, c.Input<byte>(0), from.Size(), c.Output<byte>(0), to.Size(), count, chunks);
        c.Pool.Run(ref job, chunks);
    }

    private readonly struct Job(delegate*<void*, void*, nint, void> cast, byte* x, int xBytes, byte* y, int yBytes, int count, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            nint first = Grain.Start(count, chunk, chunks), end = Grain.Start(count, chunk + 1, chunks);
            cast(x + first * xBytes, y + first * yBytes, end - first);
        }
    }
}
