using Edge.Kernels;
using Edge.Kernels.Attention;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Attention;

/// <summary>The sizes of an attention. Each head of keys and values serves <c>Heads / KvHeads</c> neighbouring heads of queries.</summary>
internal readonly record struct AttentionShape(int Batch, int Heads, int KvHeads, int Queries, int Keys, int HeadSize, int ValueSize);

/// <summary>Which state of the scores <see cref="AttentionOperands.Scores"/> asks for.</summary>
internal enum ScoreStage
{
    /// <summary>Scaled products of queries and keys.</summary>
    Products = 0,

    /// <summary>After softcap.</summary>
    Capped = 1,

    /// <summary>After masks and biases.</summary>
    Masked = 2,

    /// <summary>After softmax.</summary>
    Weights = 3,
}

/// <summary>The memory of an attention.</summary>
internal unsafe struct AttentionOperands
{
    public Heads Q;
    public Heads K;
    public Heads V;
    public Heads Y;

    /// <summary>Added to the scores; null for nothing.</summary>
    public float* Bias;

    /// <summary>Where 0, a key is not attended to; null for everywhere 1.</summary>
    public byte* Mask;

    /// <summary>The layout of <see cref="Bias"/> or <see cref="Mask"/>, of which one is given at most.</summary>
    public ScoreBias BiasLayout;

    /// <summary>A second bias; null for nothing.</summary>
    public float* Padding;

    /// <summary>The layout of <see cref="Padding"/>.</summary>
    public ScoreBias PaddingLayout;

    /// <summary>A query attends to no key after its own.</summary>
    public bool Causal;

    /// <summary>Keys in front of that of the first query.</summary>
    public int Past;

    /// <summary>Keys of each batch that are there, the first query's being the (Queries)th from their end; null for all.</summary>
    public long* Present;

    /// <summary>Of the keys that it may attend to, a query attends to this many of the last; 0 or less for all.</summary>
    public int Window;

    /// <summary>Where scores <c>[batch, heads, queries, keys]</c> go; null if nobody asks.</summary>
    public float* Scores;

    /// <summary>Which of them.</summary>
    public ScoreStage Stage;
}

/// <summary>
/// <c>softmax(scale · Q·Kᵀ + bias) · V</c>, a head and a block of queries at a time, so that never more scores exist than
/// a share of the cache holds. Blocks are divided among the threads, each with scratch of its own.
/// </summary>
/// <remarks>
/// Where every query looks at every key, keys and values of a head are packed once, and blocks are so small that their
/// scores stay in the cache. Where queries leave keys out, a block multiplies only those that one of its queries looks
/// at, packing them itself, and is as large as may be. A single query reads keys and values where they are.
/// </remarks>
internal sealed unsafe class AttentionCore
{
    private const int MaxScores = 1 << 18;
    private const int MaxCachedScores = 1 << 15;
    private const int MinQueries = 16;
    private const int MinCachedQueries = 28;

    private readonly AttentionShape _s;
    private readonly DenseKernels _dense;
    private readonly ScoreKernel _scores;
    private readonly SingleQueryKernel? _single;
    private readonly bool _packs;
    private readonly nint _packedKeys;
    private readonly float _scale;
    private readonly float _softcap;
    private readonly int _block;
    private readonly int _blocks;
    private readonly int _lanes;
    private readonly nint _scoreBytes;
    private readonly nint _sumBytes;
    private readonly nint _laneBytes;

    /// <param name="kernels">The kernels.</param>
    /// <param name="threads">Threads that will run it.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="scale">Factor of the products of queries and keys.</param>
    /// <param name="partial">Queries may leave keys out: the operands are causal, or not all keys are there.</param>
    /// <param name="softcap">Bound of the scores by tanh; 0 for none.</param>
    public AttentionCore(KernelSet kernels, int threads, in AttentionShape shape, float scale, bool partial, float softcap = 0)
    {
        _s = shape;
        _dense = kernels.Dense;
        _scores = kernels.Attention.Scores;
        _scale = scale;
        _softcap = softcap;
        int heads = Math.Max(1, shape.Batch * shape.Heads);
        int parts = heads >= 2 * threads ? 1 : (2 * threads + heads - 1) / heads;
        _single = shape.Queries == 1 ? kernels.Attention.SingleQuery : null;
        _packs = !partial && _single is null;
        int most = (_packs ? MaxCachedScores : MaxScores) / Math.Max(1, shape.Keys);
        _block = Math.Max(_packs ? MinCachedQueries : MinQueries, Math.Min(most, (shape.Queries + parts - 1) / parts));
        _blocks = (shape.Queries + _block - 1) / _block;
        _lanes = Math.Max(1, Math.Min(threads, heads * _blocks));
        int rows = Math.Min(_block, shape.Queries);
        _scoreBytes = Scratch.Align((nint)rows * shape.Keys * sizeof(float));
        _sumBytes = Scratch.Align((nint)rows * sizeof(float));
        _packedKeys = _packs ? Scratch.Align(_dense.PackedF32Bytes(shape.Keys, shape.HeadSize)) : 0;
        nint products = _single is not null ? 0
            : _packs ? _packedKeys + _dense.PackedF32Bytes(shape.ValueSize, shape.Keys)
            : nint.Max(_dense.MatMulF32ScratchBytes(rows, shape.Keys, shape.HeadSize), _dense.MatMulF32ScratchBytes(rows, shape.ValueSize, shape.Keys));
        _laneBytes = _scoreBytes + _sumBytes + Scratch.Align(products);
    }

    public string Name => $"attention_f32 ({_s.Batch * _s.Heads} heads in blocks of {Math.Min(_block, _s.Queries)}), {_scores.Name}";

    public nint ScratchBytes => _lanes * _laneBytes;

    public long Macs => (long)_s.Batch * _s.Heads * _s.Queries * _s.Keys * (_s.HeadSize + _s.ValueSize);

    public void Run(in AttentionOperands operands, byte* scratch, WorkerPool pool)
    {
        if (_s.Batch * _s.Heads * _s.Queries == 0) return;
        var lanes = new Lanes { Core = this, Operands = operands, Scratch = scratch };
        pool.Run(ref lanes, _lanes);
    }

    /// <summary>One chunk is one lane: a share of the blocks.</summary>
    private struct Lanes : IParallelJob
    {
        public AttentionCore Core;
        public AttentionOperands Operands;
        public byte* Scratch;

        public readonly void Execute(int lane)
        {
            long blocks = (long)Core._s.Batch * Core._s.Heads * Core._blocks;
            long end = blocks * (lane + 1) / Core._lanes;
            byte* scratch = Scratch + lane * Core._laneBytes;
            int packed = -1;
            for (long i = blocks * lane / Core._lanes; i < end; i++)
            {
                var (head, block) = ((int)(i / Core._blocks), (int)(i % Core._blocks));
                var (b, h) = Math.DivRem(head, Core._s.Heads);
                int kv = h / (Core._s.Heads / Core._s.KvHeads);
                if (Core._packs && packed != b * Core._s.KvHeads + kv)
                {
                    Core.Pack(Operands.K.At(b, kv), Operands.K.Row, Operands.V.At(b, kv), Operands.V.Row, scratch);
                    packed = b * Core._s.KvHeads + kv;
                }

                Core.Block(Operands, b, h, kv, block * Core._block, scratch);
            }
        }
    }

    private void Pack(float* keys, nint keyRow, float* values, nint valueRow, byte* scratch)
    {
        byte* packed = scratch + _scoreBytes + _sumBytes;
        _dense.PackF32(_s.Keys, _s.HeadSize, keys, keyRow, true, packed, WorkerPool.Inline);
        _dense.PackF32(_s.ValueSize, _s.Keys, values, valueRow, false, packed + _packedKeys, WorkerPool.Inline);
    }

    private void Block(in AttentionOperands o, int b, int h, int kv, int first, byte* scratch)
    {
        int rows = Math.Min(_block, _s.Queries - first);
        // Keys that no query of the block attends to need no product, unless somebody wants to see it.
        int keys = _packs || o.Scores is not null ? _s.Keys : Visible(o, b, first + rows - 1);
        var scores = (float*)scratch;
        var sums = (float*)(scratch + _scoreBytes);
        byte* product = scratch + _scoreBytes + _sumBytes;
        float* y = o.Y.At(b, h) + first * o.Y.Row;
        if (keys > 0)
        {
            float* q = o.Q.At(b, h) + first * o.Q.Row;
            if (_single is not null) _single.Products(q, o.K.At(b, kv), o.K.Row, keys, _s.HeadSize, scores);
            else if (_packs) _dense.MatMulPackedF32(rows, keys, _s.HeadSize, q, o.Q.Row, product, scores, _s.Keys, WorkerPool.Inline);
            else _dense.MatMulF32(rows, keys, _s.HeadSize, q, o.Q.Row, o.K.At(b, kv), o.K.Row, true, scores, _s.Keys, product, WorkerPool.Inline);
            for (int r = 0; r < rows; r++) sums[r] = Row(o, b, h, first + r, scores + (nint)r * _s.Keys, keys);
            if (_single is not null) _single.Mix(scores, o.V.At(b, kv), o.V.Row, keys, _s.ValueSize, y);
            else if (_packs) _dense.MatMulPackedF32(rows, _s.ValueSize, keys, scores, _s.Keys, product + _packedKeys, y, o.Y.Row, WorkerPool.Inline);
            else _dense.MatMulF32(rows, _s.ValueSize, keys, scores, _s.Keys, o.V.At(b, kv), o.V.Row, false, y, o.Y.Row, product, WorkerPool.Inline);
            // There are fewer elements of values than keys: dividing by the sums comes last.
            for (int r = 0; r < rows; r++) _scores.Divide(y + r * o.Y.Row, _s.ValueSize, sums[r]);
            return;
        }

        for (int r = 0; r < rows; r++) new Span<float>(y + r * o.Y.Row, _s.ValueSize).Fill(float.NaN);
    }

    /// <summary>Turns the products of one query into weights whose sum is the result.</summary>
    private float Row(in AttentionOperands o, int b, int h, int query, float* row, int keys)
    {
        int visible = Math.Min(keys, Visible(o, b, query));
        float* seen = o.Scores is null ? null : o.Scores + (((nint)b * _s.Heads + h) * _s.Queries + query) * _s.Keys;
        if (seen is not null && o.Stage == ScoreStage.Products)
        {
            Buffer.MemoryCopy(row, seen, (long)keys * sizeof(float), (long)keys * sizeof(float));
            _scores.Scale(seen, keys, _scale, 0);
        }

        _scores.Scale(row, seen is null ? visible : keys, _scale, _softcap);
        if (seen is not null && o.Stage == ScoreStage.Capped) Buffer.MemoryCopy(row, seen, (long)keys * sizeof(float), (long)keys * sizeof(float));
        if (o.Bias is not null) _scores.Add(row, visible, o.Bias + o.BiasLayout.At(b, h, query), o.BiasLayout.Column);
        if (o.Mask is not null) ScoreKernel.Mask(row, visible, o.Mask + o.BiasLayout.At(b, h, query), o.BiasLayout.Column);
        if (o.Padding is not null) _scores.Add(row, visible, o.Padding + o.PaddingLayout.At(b, h, query), o.PaddingLayout.Column);
        if (seen is not null && o.Stage == ScoreStage.Masked)
        {
            new Span<float>(row + visible, keys - visible).Fill(float.NegativeInfinity);
            Buffer.MemoryCopy(row, seen, (long)keys * sizeof(float), (long)keys * sizeof(float));
        }

        int hidden = o.Window > 0 ? Math.Max(0, visible - o.Window) : 0;
        new Span<float>(row, hidden).Clear();
        // Where there is nothing to attend to, the sum is 0: the definition divides 0 by 0.
        float sum = _scores.Weigh(row + hidden, visible - hidden);
        new Span<float>(row + visible, keys - visible).Clear();
        if (seen is null || o.Stage != ScoreStage.Weights) return sum;
        Buffer.MemoryCopy(row, seen, (long)keys * sizeof(float), (long)keys * sizeof(float));
        _scores.Divide(seen, keys, sum);
        return sum;
    }

    /// <summary>The number of keys, from the first, that a query may attend to.</summary>
    private int Visible(in AttentionOperands o, int b, int query)
    {
        long visible = _s.Keys;
        if (o.Present is not null) visible = Math.Min(visible, o.Present[b]);
        if (o.Causal) visible = Math.Min(visible, query + 1L + (o.Present is null ? o.Past : o.Present[b] - _s.Queries));
        if (o.Bias is not null || o.Mask is not null) visible = Math.Min(visible, o.BiasLayout.Width);
        return (int)Math.Max(0, visible);
    }
}
