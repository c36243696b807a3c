using Edge.Kernels.Layout;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>Writes each part as runs into its place of every row of the output.</summary>
/// <param name="parts">The parts.</param>
/// <param name="rows">Rows of the output, and runs of each part.</param>
/// <param name="rowBytes">Bytes of a row of the output.</param>
/// <param name="whole">The input that holds what no part is, perhaps in the output's memory; −1 where there is none.</param>
internal sealed unsafe class ConcatExecutor(ConcatExecutor.Part[] parts, int rows, nint rowBytes, int whole = -1) : Executor, IRowExecutor
{
    /// <summary>Parts that are written together.</summary>
    private const int MostAtOnce = 64;

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

    public nint Rows => rows;

    public long Cycles => rows * rowBytes / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint asked) => asked == rows ? RowReach.Same : RowReach.None;

    public void ExecuteRows(in StepContext c, nint all, nint first, nint count) => Join(c, (int)first, (int)count);

    public override void Execute(in StepContext c) => Join(c, 0, rows);

    private void Join(in StepContext c, int row, int count)
    {
        byte* target = c.Output<byte>(0) + row * rowBytes;
        if (whole >= 0 && c.Input<byte>(whole) + row * rowBytes is var before && before != target) Buffer.MemoryCopy(before, target, count * rowBytes, count * rowBytes);
        if (rows == 1)
        {
            foreach (Part part in parts)
                if (c.Input<byte>(part.Input) != target + part.Place) Buffer.MemoryCopy(c.Input<byte>(part.Input), target + part.Place, part.Run, part.Run);
            return;
        }

        // Of so many parts a row is long, and their addresses are few bytes.
        RowPart* pieces = stackalloc RowPart[Math.Min(parts.Length, MostAtOnce)];
        for (int first = 0; first < parts.Length; first += MostAtOnce)
        {
            int together = Math.Min(MostAtOnce, parts.Length - first);
            for (int i = 0; i < together; i++)
            {
                Part part = parts[first + i];
                pieces[i] = new RowPart { Data = c.Input<byte>(part.Input) + row * part.Run, Bytes = part.Run, Place = part.Place };
            }

            RowParts.Join(pieces, together, target, rowBytes, count, null, c.Pool);
        }
    }

    /// <summary>What is written where.</summary>
    /// <param name="Input">The input.</param>
    /// <param name="Run">Bytes of it in each row.</param>
    /// <param name="Place">Where they begin in a row of the output, in bytes.</param>
    public readonly record struct Part(int Input, nint Run, nint Place);
}
