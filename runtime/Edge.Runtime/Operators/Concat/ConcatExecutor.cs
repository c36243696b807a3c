using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>Writes each input as runs into its part of every row of the output.</summary>
internal sealed unsafe class ConcatExecutor : Executor
{
    private readonly int _rows;
    private readonly nint[] _runs;
    private readonly nint _rowBytes;

    /// <param name="shapes">Shapes of the inputs, equal but along <paramref name="axis"/>.</param>
    /// <param name="axis">The axis that grows.</param>
    /// <param name="elementBytes">Bytes of one element.</param>
    public ConcatExecutor(Shape[] shapes, int axis, int elementBytes)
    {
        _rows = shapes[0].Product(0, axis);
        _runs = Array.ConvertAll(shapes, s => (nint)s.Product(axis, s.Rank) * elementBytes);
        foreach (nint run in _runs) _rowBytes += run;
    }

    public override string Kernel => "concat";

    public override void Execute(in StepContext c)
    {
        byte* target = c.Output<byte>(0);
        if (_rows == 1)
        {
            for (int i = 0; i < _runs.Length; i++)
            {
                if (c.Input<byte>(i) != target) Buffer.MemoryCopy(c.Input<byte>(i), target, _runs[i], _runs[i]);
                target += _runs[i];
            }

            return;
        }

        int chunks = Grain.Chunks(_rows * _rowBytes, _rows, c.Pool.Threads);
        for (int i = 0; i < _runs.Length; i++)
        {
            var job = new Job(c.Input<byte>(i), target, _runs[i], _rowBytes, _rows, chunks);
            c.Pool.Run(ref job, chunks);
            target += _runs[i];
        }
    }

    /// <summary>Copies the rows of one input.</summary>
    private readonly struct Job(byte* source, byte* target, nint run, nint rowBytes, int rows, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int end = Grain.Start(rows, chunk + 1, chunks);
            for (int r = Grain.Start(rows, chunk, chunks); r < end; r++)
                Buffer.MemoryCopy(source + r * run, target + r * rowBytes, run, run);
        }
    }
}
