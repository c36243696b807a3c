using Edge.Tensors;

namespace Edge.Runtime.Operators.TopK;

/// <summary>
/// TopK: the k greatest (or, from opset 11 on, least) elements along an axis, in order, with their indices. Of equal
/// elements the one with the lower index comes first; NaN is less than every number. The output is sorted even where the
/// model would take it unsorted.
/// </summary>
internal sealed class TopKOperator() : Operator("TopK", "", 1, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16,
            DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64);
        c.RequireRank(0, 1);
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", -1), x.Rank);
        if (c.Opset >= 11)
        {
            c.Attributes.Int("largest", 1);
            c.Attributes.Int("sorted", 1);
        }

        long? k = c.Opset < 10 ? c.Attributes.Int("k") : c.ConstantInts(1) is [var known] ? known : null;
        if (k is null)
        {
            if (c.Shape(1).Count != 1) throw c.Error($"k has shape {c.Shape(1)}; it must be one number");
            c.DataDependent(0, c.Type(0));
            c.DataDependent(1, DataType.Int64);
            return;
        }

        if (k < 0 || k > x[axis]) throw c.Error($"k is {k}; axis {axis} of {x} has {x[axis]} elements");
        int[] dims = x.ToArray();
        dims[axis] = (int)k;
        c.Output(0, c.Type(0), new Shape(dims));
        c.Output(1, DataType.Int64, new Shape(dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", -1), x.Rank);
        int k = checked((int)(c.Node.Opset < 10 ? c.Attributes.Int("k") : new InferContext(c.Node).ConstantInts(1)![0]));
        bool largest = c.Node.Opset < 11 || c.Attributes.Int("largest", 1) != 0;
        var lanes = new TopKLanes(x.Product(0, axis), x[axis], x.Product(axis + 1, x.Rank), k, largest);
        return c.Type(0) switch
        {
            DataType.Float32 => new TopKExecutor<float>(lanes, c.Wants(1), c.Threads),
            DataType.Float64 => new TopKExecutor<double>(lanes, c.Wants(1), c.Threads),
            DataType.Int8 => new TopKExecutor<sbyte>(lanes, c.Wants(1), c.Threads),
            DataType.UInt8 => new TopKExecutor<byte>(lanes, c.Wants(1), c.Threads),
            DataType.Int16 => new TopKExecutor<short>(lanes, c.Wants(1), c.Threads),
            DataType.UInt16 => new TopKExecutor<ushort>(lanes, c.Wants(1), c.Threads),
            DataType.Int32 => new TopKExecutor<int>(lanes, c.Wants(1), c.Threads),
            DataType.UInt32 => new TopKExecutor<uint>(lanes, c.Wants(1), c.Threads),
            DataType.Int64 => new TopKExecutor<long>(lanes, c.Wants(1), c.Threads),
            _ => new TopKExecutor<ulong>(lanes, c.Wants(1), c.Threads),
        };
    }
}
