using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scatter;

/// <summary>
/// TensorScatter: a cache <c>[batch, …, length, …]</c> with an update written along <c>axis</c>, from the place that the write
/// index of its batch names; if <c>mode</c> is circular, on from the beginning where it passes the end.
/// </summary>
internal sealed class TensorScatterOperator() : Operator("TensorScatter", "", 24, OperatorCatalog.LatestOpset)
{
    private const int Cache = 0, Update = 1, Indices = 2;

    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override bool CanOverwrite(Node node, int input) => input == Cache;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(Cache);
        c.RequireType(Update, c.Type(Cache));
        c.RequireRank(Cache, 2);
        Shape x = c.Shape(Cache), update = c.Shape(Update);
        int axis = ReadAxis(c.Node, x.Rank);
        bool fits = update.Rank == x.Rank;
        for (int a = 0; a < x.Rank && fits; a++) fits = a == axis ? update[a] <= x[a] : update[a] == x[a];
        if (!fits) throw c.Error($"update {update} does not fit cache {x}: same sizes, and no larger along axis {axis}");
        if (c.Has(Indices))
        {
            c.RequireType(Indices, DataType.Int64);
            if (c.Shape(Indices) != new Shape(x[0])) throw c.Error($"write_indices {c.Shape(Indices)} must be [{x[0]}]");
        }

        ReadMode(c.Node);
        c.Output(0, c.Type(Cache), x);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(Cache);
        int axis = ReadAxis(c.Node, x.Rank);
        return new TensorScatterExecutor(c.Node.Path, x, axis, c.Shape(Update)[axis], c.Type(Cache).Size(), ReadMode(c.Node), c.Has(Indices));
    }

    private static int ReadAxis(Node node, int rank)
    {
        int axis = node.Axis(node.Attributes.Int("axis", -2), rank);
        return axis > 0 ? axis : throw node.Error("axis 0 is not supported: it is that of the batch");
    }

    private static bool ReadMode(Node node) => node.Attributes.String("mode", "linear") switch
    {
        "linear" => false,
        "circular" => true,
        var other => throw node.Error($"mode '{other}' is not supported; supported: linear, circular"),
    };

    private sealed unsafe class TensorScatterExecutor(string path, Shape x, int axis, int added, int element, bool circular, bool hasIndices) : Executor
    {
        public override string Kernel => "tensor_scatter";

        public override void Execute(in StepContext c)
        {
            byte* cache = c.Input<byte>(Cache), update = c.Input<byte>(Update), y = c.Output<byte>(0);
            nint bytes = (nint)x.Count * element, row = (nint)x.Product(axis + 1, x.Rank) * element;
            if (cache != y) Buffer.MemoryCopy(cache, y, bytes, bytes);
            int length = x[axis], perBatch = x.Product(1, axis);
            for (int i = 0; i < x[0] * perBatch; i++)
            {
                long first = hasIndices ? c.Input<long>(Indices)[i / perBatch] : 0;
                if (first < 0 || (!circular && first > length - added))
                    throw new ModelException($"{path}: write index {first} is outside [0, {length - added}]");
                for (int r = 0; r < added; r++)
                    Buffer.MemoryCopy(update + ((nint)i * added + r) * row, y + ((nint)i * length + (nint)((first % length + r) % length)) * row, row, row);
            }
        }
    }
}
