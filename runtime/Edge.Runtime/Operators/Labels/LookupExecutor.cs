using System.Runtime.CompilerServices;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Labels;

/// <summary>Replaces each element by the value in its key's place, or by a default.</summary>
/// <param name="table">The keys.</param>
/// <param name="values">One a key.</param>
/// <param name="fallback">One element: for what is no key.</param>
/// <param name="type">Of the input.</param>
/// <param name="count">Elements of the input.</param>
internal sealed unsafe class LookupExecutor(KeyTable table, Tensor values, Tensor fallback, DataType type, int count) : Executor
{
    private const int BytesOfWork = 32;

    public override string Kernel => "lookup";

    public override void Execute(in StepContext c)
    {
        int chunks = Grain.Chunks((nint)count * BytesOfWork, count, c.Pool.Threads);
        var job = new Job(table, values, fallback, c.Input<byte>(0), type, c.Output<byte>(0), count, chunks);
        c.Pool.Run(ref job, chunks);
    }

    private readonly struct Job(KeyTable table, Tensor values, Tensor fallback, byte* x, DataType type, byte* y, int count, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int element = values.Type.Size(), end = Grain.Start(count, chunk + 1, chunks);
            for (nint i = Grain.Start(count, chunk, chunks); i < end; i++)
            {
                int place = table.Find(x, type, i);
                Unsafe.CopyBlockUnaligned(y + i * element, place < 0 ? fallback.Data : values.Data + (nint)place * element, (uint)element);
            }
        }
    }
}
