using Edge.Tensors;

namespace Edge.Runtime.Operators.Select;

/// <summary>
/// Unique: the distinct elements of the flattened input, or its distinct slices along <c>axis</c>, ascending or in the
/// order in which they first occur; where each occurs first, which of them each element is, and how often it occurs.
/// </summary>
/// <remarks>As in numpy, NaN is one value, greater than all others. Slices are compared element by element.</remarks>
internal sealed class UniqueOperator() : Operator("Unique", "", 11, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Bool, DataType.Int16, DataType.UInt16,
            DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64);
        c.Attributes.Int("sorted", 1);
        Slices(c.Node, c.Shape(0));
        for (int i = 0; i < c.OutputCount; i++) c.DataDependent(i, i == 0 ? c.Type(0) : DataType.Int64);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var s = Slices(c.Node, c.Shape(0));
        bool sorted = c.Attributes.Int("sorted", 1) != 0;
        bool[] wants = [.. Enumerable.Range(0, 4).Select(c.Wants)];
        return c.Type(0) switch
        {
            DataType.Float32 => new UniqueExecutor<float>(s, sorted, wants),
            DataType.Float64 => new UniqueExecutor<double>(s, sorted, wants),
            DataType.Int8 => new UniqueExecutor<sbyte>(s, sorted, wants),
            DataType.UInt8 or DataType.Bool => new UniqueExecutor<byte>(s with { IsBool = c.Type(0) == DataType.Bool }, sorted, wants),
            DataType.Int16 => new UniqueExecutor<short>(s, sorted, wants),
            DataType.UInt16 => new UniqueExecutor<ushort>(s, sorted, wants),
            DataType.Int32 => new UniqueExecutor<int>(s, sorted, wants),
            DataType.UInt32 => new UniqueExecutor<uint>(s, sorted, wants),
            DataType.Int64 => new UniqueExecutor<long>(s, sorted, wants),
            _ => new UniqueExecutor<ulong>(s, sorted, wants),
        };
    }

    private static UniqueSlices Slices(Graph.Node node, Shape x)
    {
        if (!node.Attributes.Has("axis")) return new UniqueSlices(new Shape(x.Count), 0);
        return new UniqueSlices(x, node.Axis(node.Attributes.Int("axis"), x.Rank));
    }
}

/// <summary>The slices of a tensor along an axis.</summary>
internal readonly record struct UniqueSlices(Shape Shape, int Axis, bool IsBool = false)
{
    public int Outer => Shape.Product(0, Axis);

    public int Count => Shape[Axis];

    public int Inner => Shape.Product(Axis + 1, Shape.Rank);

    /// <summary>The tensor with <paramref name="count"/> slices.</summary>
    public Shape With(int count)
    {
        int[] dims = Shape.ToArray();
        dims[Axis] = count;
        return new Shape(dims);
    }
}
