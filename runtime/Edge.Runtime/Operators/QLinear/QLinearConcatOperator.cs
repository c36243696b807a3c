using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Lookup;
using Edge.Runtime.Operators.Quantization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinear;

/// <summary>
/// QLinearConcat of com.microsoft. Inputs: Y_scale, Y_zero_point, then tensor, scale and zero point of each operand. Each
/// operand is requantized by a table of its own.
/// </summary>
internal sealed class QLinearConcatOperator() : Operator("QLinearConcat", OperatorCatalog.Microsoft)
{
    private const int First = 2, Stride = 3;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input >= First && (input - First) % Stride == 0;

    public override void Infer(InferContext c)
    {
        int operands = (c.InputCount - First) / Stride;
        if (operands < 1 || c.InputCount != First + operands * Stride) throw c.Error($"{c.InputCount} inputs; there must be Y_scale, Y_zero_point and three for each operand");
        c.RequireType(1, DataType.UInt8, DataType.Int8);
        c.RequireParameters(0, 1, c.Type(1));
        var first = c.Shape(First);
        int axis = c.Node.Axis(c.Attributes.Int("axis"), first.Rank);
        int[] dims = first.ToArray();
        dims[axis] = 0;
        for (int i = First; i < c.InputCount; i += Stride)
        {
            c.RequireType(i, DataType.UInt8, DataType.Int8);
            c.RequireParameters(i + 1, i + 2, c.Type(i));
            var x = c.Shape(i);
            bool fits = x.Rank == first.Rank;
            for (int a = 0; fits && a < x.Rank; a++) fits = a == axis || x[a] == first[a];
            if (!fits) throw c.Error($"input {i} has shape {x}, input {First} has {first}; they may differ along axis {axis} only");
            dims[axis] += x[axis];
        }

        c.Output(0, c.Type(1), new Shape(dims));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("axis", (long)ChannelsLastAxis(node.Axis(node.Attributes.Int("axis"), rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        int operands = (c.Node.Inputs.Count - First) / Stride;
        int axis = c.Node.Axis(c.Attributes.Int("axis"), c.OutputShape().Rank);
        var parts = new QLinearConcatExecutor.Part[operands];
        for (int i = 0; i < operands; i++)
        {
            int at = First + i * Stride;
            var x = c.Shape(at);
            parts[i] = new QLinearConcatExecutor.Part(at, c.Type(at), x.Product(axis, x.Rank), new ByteTable(c.Kernels, c.Type(at), c.OutputType(), null));
        }

        return new QLinearConcatExecutor(parts, c.OutputType(), c.OutputShape().Product(0, axis), c.OutputShape().Product(axis, c.OutputShape().Rank));
    }
}

/// <summary>Looks up, or where scale and zero point are those of the output copies, each operand's part of every row.</summary>
internal sealed unsafe class QLinearConcatExecutor(QLinearConcatExecutor.Part[] parts, DataType type, int rows, nint rowBytes) : Executor, IRowExecutor
{
    /// <summary>Operands that are written together, with a table each.</summary>
    private const int MostAtOnce = 16;

    public override string Kernel => $"qconcat, {parts[0].Table.Lookup.Name}";

    public override nint ScratchBytes => Math.Min(parts.Length, MostAtOnce) * ByteTable.Entries + ByteTable.ScratchBytes;

    public nint Rows => rows;

    public long Cycles => rows * rowBytes / RowCost.BytesPerCycle;

    public RowReach ReachOf(nint asked) => asked == rows ? RowReach.Same : RowReach.None;

    public nint RowScratchBytes(nint count) => ScratchBytes;

    public void ExecuteRows(in StepContext c, nint all, nint first, nint count) => Join(c, (int)first, (int)count);

    public override void Execute(in StepContext c) => Join(c, 0, rows);

    private void Join(in StepContext c, int row, int count)
    {
        var y = Integers.Parameters(type, c.Input<float>(0), c.Input<byte>(1));
        RowPart* pieces = stackalloc RowPart[Math.Min(parts.Length, MostAtOnce)];
        nint place = 0;
        for (int first = 0; first < parts.Length; first += MostAtOnce)
        {
            int together = Math.Min(MostAtOnce, parts.Length - first);
            for (int i = 0; i < together; i++)
            {
                var part = parts[first + i];
                var x = Integers.Parameters(part.Type, c.Input<float>(part.Input + 1), c.Input<byte>(part.Input + 2));
                byte* table = x == y && part.Type == type ? null : c.Scratch + ByteTable.ScratchBytes + i * ByteTable.Entries;
                if (table is not null) part.Table.Fill(table, x, y, c.Scratch);
                pieces[i] = new RowPart { Data = c.Input<byte>(part.Input) + row * part.Length, Bytes = part.Length, Place = place, Table = table };
                place += part.Length;
            }

            RowParts.Join(pieces, together, c.Output<byte>(0) + row * rowBytes, rowBytes, count, parts[0].Table.Lookup, c.Pool);
        }
    }

    /// <summary>One operand.</summary>
    /// <param name="Input">Its index.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Length">Bytes that it contributes to a row.</param>
    /// <param name="Table">Makes its table.</param>
    internal sealed record Part(int Input, DataType Type, nint Length, ByteTable Table);
}
