using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>Reads from every row of the input the runs that belong to each output.</summary>
internal sealed unsafe class SplitExecutor : Executor
{
    private readonly int _rows;
    private readonly nint[] _runs;
    private readonly nint _rowBytes;

    /// <param name="input">Shape of the input.</param>
    /// <param name="axis">The axis that is divided.</param>
    /// <param name="sizes">Its size in each output.</param>
    /// <param name="elementBytes">Bytes of one element.</param>
    public SplitExecutor(Shape input, int axis, long[] sizes, int elementBytes)
    {
        _rows = input.Product(0, axis);
        nint inner = (nint)input.Product(axis + 1, input.Rank) * elementBytes;
        _rowBytes = inner * input[axis];
        _runs = Array.ConvertAll(sizes, s => (nint)s * inner);
    }

    public override string Kernel => "split";

    public override void Execute(in StepContext c)
    {
        byte* source = c.Input<byte>(0);
        for (int i = 0; i < _runs.Length; i++)
        {
            byte* target = c.Output<byte>(i);
            if (target is not null && _runs[i] > 0)
            {
                int chunks = Grain.Chunks(_rows * _runs[i], _rows, c.Pool.Threads);
                var job = new Job(source, target, _runs[i], _rowBytes, _rows, chunks);
                c.Pool.Run(ref job, chunks);
            }

            source += _runs[i];
        }
    }

    /// <summary>Copies the rows of one output.</summary>
    private readonly struct Job(byte* source, byte* target, nint run, nint rowBytes, int rows, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int end = Grain.Start(rows, chunk + 1, chunks);
            for (int r = Grain.Start(rows, chunk, chunks); r < end; r++)
                Buffer.MemoryCopy(source + r * rowBytes, target + r * run, run, run);
        }
    }
}
