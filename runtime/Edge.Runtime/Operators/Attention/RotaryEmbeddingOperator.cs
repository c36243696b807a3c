using Edge.Kernels.Attention;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// RotaryEmbedding of <c>[batch, heads, length, size]</c> or <c>[batch, length, heads · size]</c>: the first
/// <c>rotary_embedding_dim</c> elements of each head are turned, pair by pair, by the angles of their position. Positions are
/// rows of the tables; without them the tables are <c>[batch, length, pairs]</c>. In com.microsoft's form positions are input 1,
/// and one number is the position of the first element.
/// </summary>
internal sealed class RotaryEmbeddingOperator : Operator
{
    private readonly int _cos;
    private readonly int _positions;

    public RotaryEmbeddingOperator(bool isMicrosofts)
        : base("RotaryEmbedding", isMicrosofts ? OperatorCatalog.Microsoft : "", isMicrosofts ? 1 : 23, OperatorCatalog.LatestOpset)
    {
        (_cos, _positions) = isMicrosofts ? (2, 1) : (1, 3);
    }

    private bool IsMicrosofts => _positions == 1;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(_cos, DataType.Float32);
        c.RequireType(_cos + 1, DataType.Float32);
        c.Attributes.Int("interleaved", 0);
        if (IsMicrosofts)
        {
            if (c.Attributes.Int("is_packed_batching", 0) != 0) throw c.Error("is_packed_batching 1 is not supported; supported: 0");
            if (c.Attributes.Float("scale", 1) != 1) throw c.Error("a scale is not supported; supported: 1");
        }

        if (IsMicrosofts || c.Has(_positions)) c.RequireType(_positions, DataType.Int64);
        Read(c.Node);
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c) => new RotaryEmbeddingExecutor(
        c.Kernels.Attention.Rotary, Read(c.Node), c.Node.Path, c.Shape(0).Rank == 4, c.Attributes.Int("interleaved", 0) != 0, _cos, c.Has(_positions) ? _positions : -1);

    private Rotation Read(Node node)
    {
        Shape x = node.Inputs[0]!.Shape!.Value, cos = node.Inputs[_cos]!.Shape!.Value, sin = node.Inputs[_cos + 1]!.Shape!.Value;
        if (x.Rank is not (3 or 4)) throw node.Error($"input {x} must have rank 3 or 4");
        int rank = node.Has(_positions) ? 2 : 3;
        if (cos != sin || cos.Rank != rank) throw node.Error($"cos_cache {cos} and sin_cache {sin} must have one shape, of rank {rank}");
        long heads = node.Attributes.Int("num_heads", 0), turned = node.Attributes.Int("rotary_embedding_dim", 0);
        var r = x.Rank == 4 ? new Rotation(x[0], x[1], x[2], x[3]) : new Rotation(x[0], 0, x[1], 0);
        if (x.Rank == 3)
        {
            // com.microsoft's form may leave the number of heads to the tables.
            if (heads == 0 && IsMicrosofts && turned == 0 && cos[^1] > 0) heads = x[2] / (2 * cos[^1]);
            if (heads <= 0 || heads > x[2] || x[2] % heads != 0) throw node.Error($"input {x} does not divide into num_heads {heads}");
            r = r with { Heads = (int)heads, Size = x[2] / (int)heads };
        }

        int pairs = turned == 0 ? r.Size / 2 : (int)Math.Clamp(turned / 2, 0, int.MaxValue / 2);
        if (turned < 0 || turned % 2 != 0 || 2 * pairs > r.Size || cos[^1] != pairs || (turned == 0 && r.Size % 2 != 0))
            throw node.Error($"rotary_embedding_dim {turned} of heads of {r.Size} elements does not fit cos_cache {cos}");
        r = r with { Pairs = pairs, Rows = cos[0] };
        if (!node.Has(_positions))
            return cos[0] == r.Batch && cos[1] == r.Length ? r : throw node.Error($"cos_cache {cos} must be [{r.Batch},{r.Length},{pairs}] without position_ids");
        var positions = node.Inputs[_positions]!.Shape!.Value;
        if (positions == new Shape(r.Batch, r.Length)) return r;
        return IsMicrosofts && positions.Count == 1 ? r with { IsOffset = true } : throw node.Error($"position_ids {positions} must be [{r.Batch},{r.Length}]");
    }

    /// <summary>The sizes of a rotary embedding.</summary>
    /// <param name="Batch">Batches.</param>
    /// <param name="Heads">Heads.</param>
    /// <param name="Length">Positions.</param>
    /// <param name="Size">Elements of a head.</param>
    /// <param name="Pairs">Pairs of a head that are turned.</param>
    /// <param name="Rows">Rows of the tables.</param>
    /// <param name="IsOffset">There is one position, that of the first element.</param>
    private readonly record struct Rotation(int Batch, int Heads, int Length, int Size, int Pairs = 0, int Rows = 0, bool IsOffset = false);

    private sealed unsafe class RotaryEmbeddingExecutor(RotaryKernel kernel, Rotation r, string path, bool headsFirst, bool interleaved, int cos, int positions) : Executor
    {
        public override string Kernel => kernel.Name;

        public override void Execute(in StepContext c)
        {
            float* x = c.Input<float>(0), y = c.Output<float>(0);
            var job = new Turn
            {
                Executor = this,
                X = headsFirst ? Heads.HeadsFirst(x, r.Heads, r.Length, r.Size) : Heads.HeadsLast(x, r.Heads, r.Length, r.Size),
                Y = headsFirst ? Heads.HeadsFirst(y, r.Heads, r.Length, r.Size) : Heads.HeadsLast(y, r.Heads, r.Length, r.Size),
                Cos = c.Input<float>(cos),
                Sin = c.Input<float>(cos + 1),
            };
            if (positions >= 0) job.Positions = c.Input<long>(positions);
            c.Pool.Run(ref job, r.Batch * r.Heads);
        }

        /// <summary>One chunk is one head of one batch.</summary>
        private struct Turn : IParallelJob
        {
            public RotaryEmbeddingExecutor Executor;
            public Heads X;
            public Heads Y;
            public float* Cos;
            public float* Sin;
            public long* Positions;

            public readonly void Execute(int chunk) => Executor.Head(this, chunk);
        }

        private void Head(in Turn turn, int chunk)
        {
            var (b, h) = Math.DivRem(chunk, r.Heads);
            float* x = turn.X.At(b, h), y = turn.Y.At(b, h);
            int rest = r.Size - 2 * r.Pairs;
            for (int t = 0; t < r.Length; t++, x += turn.X.Row, y += turn.Y.Row)
            {
                nint at = Place(turn.Positions, b, t) * r.Pairs;
                kernel.Run(x, y, turn.Cos + at, turn.Sin + at, r.Pairs, interleaved);
                if (rest > 0 && x != y) Buffer.MemoryCopy(x + 2 * r.Pairs, y + 2 * r.Pairs, (long)rest * sizeof(float), (long)rest * sizeof(float));
            }
        }

        /// <summary>The row of the tables.</summary>
        private nint Place(long* given, int b, int t)
        {
            if (given is null) return (nint)b * r.Length + t;
            long p = r.IsOffset ? given[0] + t : given[(nint)b * r.Length + t];
            return p >= 0 && p < r.Rows ? (nint)p : throw new ModelException($"{path}: position {p} is outside [0, {r.Rows})");
        }
    }
}
