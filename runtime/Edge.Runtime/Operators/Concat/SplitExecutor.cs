using Edge.Kernels.Layout;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>Reads from every row of the input the runs that belong to each output.</summary>
internal sealed unsafe class SplitExecutor : Executor
{
    /// <summary>Outputs that are written together.</summary>
    private const int MostAtOnce = 64;

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
        RowPart* parts = stackalloc RowPart[Math.Min(_runs.Length, MostAtOnce)];
        int count = 0;
        nint place = 0;
        for (int i = 0; i < _runs.Length; i++)
        {
            if (c.Output<byte>(i) is var target && target is not null && _runs[i] > 0) parts[count++] = new RowPart { Data = target, Bytes = _runs[i], Place = place };
            place += _runs[i];
            if (count < MostAtOnce && i < _runs.Length - 1) continue;
            RowParts.Split(parts, count, source, _rowBytes, _rows, c.Pool);
            count = 0;
        }
    }
}
