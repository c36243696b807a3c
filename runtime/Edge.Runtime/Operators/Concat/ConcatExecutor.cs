using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>Writes each part as runs into its place of every row of the output.</summary>
/// <param name="parts">The parts.</param>
/// <param name="rows">Rows of the output, and runs of each part.</param>
/// <param name="rowBytes">Bytes of a row of the output.</param>
/// <param name="whole">The input that holds what no part is, perhaps in the output's memory; −1 where there is none.</param>
internal sealed unsafe class ConcatExecutor(ConcatExecutor.Part[] parts, int rows, nint rowBytes, int whole = -1) : Executor
{
    private readonly nint _bytes = rows * parts.Aggregate((nint)0, (n, p) => n + p.Run);

    public override string Kernel => "concat";

    /// <summary>Inputs one after the other.</summary>
    /// <param name="shapes">Shapes of the inputs, equal but along <paramref name="axis"/>.</param>
    /// <param name="axis">The axis that grows.</param>
    /// <param name="elementBytes">Bytes of one element.</param>
    public static ConcatExecutor OfAll(Shape[] shapes, int axis, int elementBytes)
    {
        var parts = new Part[shapes.Length];
        nint place = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = new Part(i, (nint)shapes[i].Product(axis, shapes[i].Rank) * elementBytes, place);
            place += parts[i].Run;
        }

        return new ConcatExecutor(parts, shapes[0].Product(0, axis), place);
    }

    public override void Execute(in StepContext c)
    {
        byte* target = c.Output<byte>(0);
        if (whole >= 0 && c.Input<byte>(whole) is var before && before != target) Buffer.MemoryCopy(before, target, rows * rowBytes, rows * rowBytes);
        if (rows == 1)
        {
            foreach (Part part in parts)
                if (c.Input<byte>(part.Input) != target + part.Place) Buffer.MemoryCopy(c.Input<byte>(part.Input), target + part.Place, part.Run, part.Run);
            return;
        }

        int chunks = Grain.Chunks(_bytes, rows, c.Pool.Threads);
        foreach (Part part in parts)
        {
            var job = new Job(c.Input<byte>(part.Input), target + part.Place, part.Run, rowBytes, rows, chunks);
            c.Pool.Run(ref job, chunks);
        }
    }

    /// <summary>What is written where.</summary>
    /// <param name="Input">The input.</param>
    /// <param name="Run">Bytes of it in each row.</param>
    /// <param name="Place">Where they begin in a row of the output, in bytes.</param>
    public readonly record struct Part(int Input, nint Run, nint Place);

    /// <summary>Copies the rows of one part.</summary>
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
