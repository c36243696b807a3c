using System.Numerics;
using Edge.Kernels.Layout;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Reduce;
using Edge.Tensors;

namespace Edge.Runtime.Operators.ArgExtreme;

/// <summary>ArgMax and ArgMin: the place of the extreme along one axis, as int64; of several the first, or the last with <c>select_last_index</c>.</summary>
internal sealed class ArgExtremeOperator(string opType, bool greatest) : Operator(opType, "", 1, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16,
            DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64);
        c.RequireRank(0, 1);
        c.Attributes.Int("select_last_index", 0);
        int axis = ReadAxis(c.Node, c.Shape(0).Rank);
        if (c.Shape(0)[axis] == 0) throw c.Error($"axis {axis} of shape {c.Shape(0)} has no elements");
        c.Output(0, DataType.Int64, ReduceOperator.Result(c.Shape(0), [axis], c.Attributes.Int("keepdims", 1) != 0));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (node.Attributes.Int("keepdims", 1) == 0) return false;
        node.Attributes.Set("axis", (long)ChannelsLastAxis(ReadAxis(node, rank), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        bool last = c.Attributes.Int("select_last_index", 0) != 0;
        int axis = ReadAxis(c.Node, c.Shape(0).Rank);
        return c.Type(0) switch
        {
            DataType.Float32 => new ArgExtremeExecutor<float>(c.Shape(0), axis, greatest, last),
            DataType.Float64 => new ArgExtremeExecutor<double>(c.Shape(0), axis, greatest, last),
            DataType.Int32 => new ArgExtremeExecutor<int>(c.Shape(0), axis, greatest, last),
            DataType.Int64 => new ArgExtremeExecutor<long>(c.Shape(0), axis, greatest, last),
            DataType.UInt32 => new ArgExtremeExecutor<uint>(c.Shape(0), axis, greatest, last),
            DataType.UInt64 => new ArgExtremeExecutor<ulong>(c.Shape(0), axis, greatest, last),
            DataType.Int16 => new ArgExtremeExecutor<short>(c.Shape(0), axis, greatest, last),
            DataType.UInt16 => new ArgExtremeExecutor<ushort>(c.Shape(0), axis, greatest, last),
            DataType.UInt8 => new ArgExtremeExecutor<byte>(c.Shape(0), axis, greatest, last),
            _ => new ArgExtremeExecutor<sbyte>(c.Shape(0), axis, greatest, last),
        };
    }

    private static int ReadAxis(Node node, int rank) => node.Axis(node.Attributes.Int("axis", 0), rank);
}

/// <summary>Walks each set.</summary>
internal sealed unsafe class ArgExtremeExecutor<T>(Shape shape, int axis, bool greatest, bool last) : Executor
    where T : unmanaged, INumber<T>
{
    private readonly int _outer = shape.Product(0, axis);
    private readonly int _length = shape[axis];
    private readonly int _inner = shape.Product(axis + 1, shape.Rank);

    public override string Kernel => greatest ? "argmax" : "argmin";

    public override void Execute(in StepContext c)
    {
        int sets = _outer * _inner, chunks = Grain.Chunks((nint)sets * _length * sizeof(T), sets, c.Pool.Threads);
        var job = new Job { E = this, X = c.Input<T>(0), Y = c.Output<long>(0), Sets = sets, Chunks = chunks };
        c.Pool.Run(ref job, chunks);
    }

    private struct Job : IParallelJob
    {
        public ArgExtremeExecutor<T> E;
        public T* X;
        public long* Y;
        public int Sets;
        public int Chunks;

        public readonly void Execute(int chunk) =>
            ArgExtremes.Run(X, Y, Grain.Start(Sets, chunk, Chunks), Grain.Start(Sets, chunk + 1, Chunks), E._length, E._inner, E.Greatest, E.Last);
    }

    private bool Greatest => greatest;

    private bool Last => last;
}
