using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>
/// MaxUnpool: puts the elements that a MaxPool kept back to where its indices say, zeros elsewhere. The indices count in
/// the shape that follows from the attributes; a larger <c>output_shape</c> has that at its beginning.
/// </summary>
internal sealed class MaxUnpoolOperator() : Operator("MaxUnpool", "", 9, OperatorCatalog.LatestOpset)
{
    private const int OutputShape = 2;

    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Float16, DataType.BFloat16);
        c.RequireType(1, DataType.Int64);
        c.RequireRank(0, 3);
        if (c.Shape(1) != c.Shape(0)) throw c.Error($"indices {c.Shape(1)} and input {c.Shape(0)} must have the same shape");
        var pooled = Pooled(c.Node, c.Shape(0));
        if (!c.Has(OutputShape))
        {
            c.Output(0, c.Type(0), pooled);
            return;
        }

        if (c.ConstantInts(OutputShape) is not { } asked)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        if (asked.Length != pooled.Rank || Enumerable.Range(0, asked.Length).Any(a => asked[a] < pooled[a] || asked[a] > int.MaxValue))
            throw c.Error($"output_shape [{string.Join(',', asked)}] is not supported; supported: {pooled} and larger");
        c.Output(0, c.Type(0), new Shape(Array.ConvertAll(asked, d => (int)d)));
    }

    public override Executor Prepare(PrepareContext c) =>
        new MaxUnpoolExecutor(c.Node.Path, c.Shape(0).Count, Pooled(c.Node, c.Shape(0)), c.OutputShape(), c.Type(0).Size());

    /// <summary>The shape that a MaxPool with these attributes had before it.</summary>
    private static Shape Pooled(Node node, Shape x)
    {
        int spatial = x.Rank - 2;
        if (node.Attributes.Ints("kernel_shape") is null) throw node.Error("attribute 'kernel_shape' is required and missing");
        int[] kernel = ConvAttributes.PerAxis(node, "kernel_shape", spatial), strides = ConvAttributes.PerAxis(node, "strides", spatial);
        var (before, after) = ConvAttributes.ExplicitPads(node, spatial);
        int[] dims = x.ToArray();
        for (int a = 0; a < spatial; a++)
        {
            long d = (x[a + 2] - 1L) * strides[a] + kernel[a] - before[a] - after[a];
            if (d is < 0 or > int.MaxValue) throw node.Error($"kernel_shape, strides and pads give spatial axis {a} an extent of {d}");
            dims[a + 2] = (int)d;
        }

        return new Shape(dims);
    }
}

internal sealed unsafe class MaxUnpoolExecutor(string path, int count, Shape pooled, Shape y, int elementBytes) : Executor
{
    private readonly bool _same = pooled == y;
    private readonly int[] _strides = y.Strides();

    public override string Kernel => $"max_unpool_{elementBytes}";

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(0), to = c.Output<byte>(0);
        new Span<byte>(to, checked(y.Count * elementBytes)).Clear();
        long* indices = c.Input<long>(1);
        switch (elementBytes)
        {
            case 2: Put((ushort*)x, indices, (ushort*)to); break;
            case 4: Put((uint*)x, indices, (uint*)to); break;
            default: Put((ulong*)x, indices, (ulong*)to); break;
        }
    }

    private void Put<T>(T* x, long* indices, T* to) where T : unmanaged
    {
        for (int i = 0; i < count; i++)
        {
            long index = indices[i];
            if (index < 0 || index >= pooled.Count) throw new ModelException($"{path}: index {index} is outside the {pooled.Count} elements of {pooled}");
            to[_same ? (int)index : Place((int)index)] = x[i];
        }
    }

    private int Place(int index)
    {
        int place = 0;
        for (int a = pooled.Rank - 1; a >= 0; a--)
        {
            (index, int at) = Math.DivRem(index, pooled[a]);
            place += at * _strides[a];
        }

        return place;
    }
}
