using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>Copies each row and clears its part beyond the diagonal.</summary>
internal sealed unsafe class TriluExecutor(Shape shape, int element, bool upper, int diagonal) : Executor
{
    public override string Kernel => "trilu";

    public override void Execute(in StepContext c)
    {
        long k = diagonal < 0 ? 0 : *c.Input<long>(diagonal);
        int rows = shape[^2], columns = shape[^1];
        byte* x = c.Input<byte>(0), y = c.Output<byte>(0);
        nint bytes = (nint)shape.Count * element;
        if (x != y) Buffer.MemoryCopy(x, y, bytes, bytes);
        int count = columns == 0 ? 0 : shape.Count / columns;
        for (int i = 0; i < count; i++)
        {
            // Columns [0, edge) lie below diagonal k.
            int row = i % rows;
            int edge = (int)Math.Clamp(upper ? row + Math.Clamp(k, -rows, columns) : row + Math.Clamp(k, -rows, columns) + 1, 0, columns);
            byte* start = y + (nint)i * columns * element;
            if (upper) new Span<byte>(start, edge * element).Clear();
            else new Span<byte>(start + (nint)edge * element, (columns - edge) * element).Clear();
        }
    }
}
