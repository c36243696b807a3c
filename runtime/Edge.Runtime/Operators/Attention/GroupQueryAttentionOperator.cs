using Edge.Kernels.Attention;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// com.microsoft GroupQueryAttention, the attention of decoders: causal, with heads of keys and values that several heads of
/// queries share, a cache whose rows each batch fills to a length of its own, and, if asked for, rotary embedding of queries
/// and keys. Without keys and values the queries hold them too, <c>[batch, length, (heads + 2 · kv heads) · size]</c>.
/// </summary>
internal sealed class GroupQueryAttentionOperator() : Operator("GroupQueryAttention", OperatorCatalog.Microsoft, 1)
{
    private const int Q = 0, K = 1, V = 2, PastKey = 3, PastValue = 4, Lengths = 5, Total = 6, Cos = 7, Sin = 8, Positions = 9, ScoresBias = 10;
    private const int PresentKey = 1, PresentValue = 2;

    public override void Infer(InferContext c)
    {
        foreach (int i in (int[])[Q, K, V, PastKey, PastValue, Cos, Sin, ScoresBias])
            if (i == Q || c.Has(i)) c.RequireType(i, DataType.Float32);
        c.RequireType(Lengths, DataType.Int32);
        c.RequireType(Total, DataType.Int32);
        if (c.Has(Positions)) throw c.Error("position_ids is not supported: positions follow the lengths");
        for (int i = ScoresBias + 1; i < c.InputCount; i++)
            if (c.Has(i)) throw c.Error($"input {i} is not supported; supported: 0 to {ScoresBias}");
        for (int i = PresentValue + 1; i < c.OutputCount; i++)
            if (c.Wants(i)) throw c.Error($"output {i} is not supported; supported: 0 to {PresentValue}");
        if (c.Attributes.Int("smooth_softmax", 0) == 1) throw c.Error("smooth_softmax 1 is not supported; supported: 0");
        if (!(c.Attributes.Float("softcap", 0) >= 0)) throw c.Error("a softcap below 0 is not supported");
        c.Attributes.Float("scale", 0);
        c.Attributes.Int("local_window_size", -1);
        c.Attributes.Int("rotary_interleaved", 0);
        var s = Read(c.Node);
        if (c.Shape(Lengths).Count != s.Batch) throw c.Error($"seqlens_k {c.Shape(Lengths)} must be [{s.Batch}]");
        if (c.Shape(Total).Count != 1) throw c.Error($"total_sequence_length {c.Shape(Total)} must be one number");
        bool rotary = c.Attributes.Int("do_rotary", 0) != 0;
        if (rotary && !(c.Has(Cos) && c.Has(Sin))) throw c.Error("do_rotary 1 needs cos_cache and sin_cache");
        if (rotary && (c.Shape(Cos) != c.Shape(Sin) || c.Shape(Cos).Rank != 2 || 2 * c.Shape(Cos)[1] > s.HeadSize))
            throw c.Error($"cos_cache {c.Shape(Cos)} and sin_cache {c.Shape(Sin)} must have one shape [positions, pairs] of at most {s.HeadSize / 2} pairs");
        if (c.ConstantInts(Total) is not { } total)
        {
            // Even where nobody asks for the caches, the work depends on it.
            c.DataDependent(0, DataType.Float32);
            c.DataDependent(PresentKey, DataType.Float32);
            c.DataDependent(PresentValue, DataType.Float32);
            return;
        }

        s = WithKeys(c.Node, s, total[0]);
        if (c.Has(ScoresBias)) ScoreBias.Of(c.Node, c.Shape(ScoresBias), s, mayBeShort: true);
        c.Output(0, DataType.Float32, new Shape(s.Batch, s.Queries, s.Heads * s.HeadSize));
        var cache = new Shape(s.Batch, s.KvHeads, s.Keys, s.HeadSize);
        c.Output(PresentKey, DataType.Float32, cache);
        c.Output(PresentValue, DataType.Float32, cache);
    }

    public override Executor Prepare(PrepareContext c)
    {
        int total = c.Constant(Total)!.AsSpan<int>()[0];
        return new GroupQueryAttentionExecutor(c, WithKeys(c.Node, Read(c.Node), total), total);
    }

    private static int Past(Node node) => node.Has(PastKey) ? node.Inputs[PastKey]!.Shape!.Value[2] : 0;

    private static AttentionShape WithKeys(Node node, in AttentionShape s, long total) =>
        total >= s.Queries && total <= int.MaxValue ? s with { Keys = Math.Max((int)total, Past(node)) } : throw node.Error($"total_sequence_length {total} is less than the {s.Queries} queries");

    private static AttentionShape Read(Node node)
    {
        var q = node.Inputs[Q]!.Shape!.Value;
        long heads = node.Attributes.Int("num_heads"), kvHeads = node.Attributes.Int("kv_num_heads");
        if (heads <= 0 || kvHeads <= 0 || heads % kvHeads != 0) throw node.Error($"num_heads {heads} must be a multiple of kv_num_heads {kvHeads}");
        bool packed = !node.Has(K);
        long all = packed ? heads + 2 * kvHeads : heads;
        if (q.Rank != 3 || q[2] < all || q[2] % all != 0 || q[1] == 0) throw node.Error($"query {q} does not divide into {all} heads");
        int size = (int)(q[2] / all);
        if (node.Has(V) == packed) throw node.Error("key and value must be given together");
        if (!packed)
        {
            Shape k = node.Inputs[K]!.Shape!.Value, v = node.Inputs[V]!.Shape!.Value;
            if (k != new Shape(q[0], q[1], (int)kvHeads * size) || v != k) throw node.Error($"query {q}, key {k} and value {v} do not fit each other");
        }

        if (node.Has(PastKey) != node.Has(PastValue)) throw node.Error("past_key and past_value must be given together");
        if (node.Has(PastKey))
        {
            Shape k = node.Inputs[PastKey]!.Shape!.Value, v = node.Inputs[PastValue]!.Shape!.Value;
            if (k.Rank != 4 || k != v || k != new Shape(q[0], (int)kvHeads, k[2], size)) throw node.Error($"past_key {k} and past_value {v} must be [{q[0]},{kvHeads},past,{size}]");
        }

        return new AttentionShape(q[0], (int)heads, (int)kvHeads, q[1], 0, size, size);
    }

    private sealed unsafe class GroupQueryAttentionExecutor : Executor
    {
        private readonly AttentionShape _s;
        private readonly AttentionCore _core;
        private readonly RotaryKernel _rotary;
        private readonly ScoreBias _layout;
        private readonly string _path;
        private readonly int _past;
        private readonly int _pairs;
        private readonly int _positions;
        private readonly int _window;
        private readonly bool _isPrompt;
        private readonly bool _interleaved;
        private readonly bool _packed;
        private readonly bool _hasBias;
        private readonly bool _wantsKey;
        private readonly bool _wantsValue;
        private readonly nint _cacheBytes;
        private readonly nint _queryBytes;

        public GroupQueryAttentionExecutor(PrepareContext c, AttentionShape s, int total)
        {
            _s = s;
            float scale = c.Attributes.Float("scale", 0);
            _core = new AttentionCore(c.Kernels, c.Threads, s, scale == 0 ? (float)(1 / Math.Sqrt(s.HeadSize)) : scale, partial: true, c.Attributes.Float("softcap", 0));
            _rotary = c.Kernels.Attention.Rotary;
            _path = c.Node.Path;
            _past = Past(c.Node);
            _isPrompt = s.Queries == total;
            _interleaved = c.Attributes.Int("rotary_interleaved", 0) != 0;
            if (c.Attributes.Int("do_rotary", 0) != 0) (_positions, _pairs) = (c.Shape(Cos)[0], c.Shape(Cos)[1]);
            _window = (int)Math.Clamp(c.Attributes.Int("local_window_size", -1), -1, int.MaxValue - 1);
            _packed = !c.Has(K);
            _hasBias = c.Has(ScoresBias);
            if (_hasBias) _layout = ScoreBias.Of(c.Node, c.Shape(ScoresBias), s, mayBeShort: true);
            _wantsKey = c.Wants(PresentKey);
            _wantsValue = c.Wants(PresentValue);
            _cacheBytes = Scratch.Align((nint)s.Batch * s.KvHeads * s.Keys * s.HeadSize * sizeof(float));
            _queryBytes = _pairs == 0 ? 0 : Scratch.Align((nint)s.Batch * s.Heads * s.Queries * s.HeadSize * sizeof(float));
        }

        public override string Kernel => _pairs == 0 ? _core.Name : $"{_rotary.Name}, {_core.Name}";

        public override nint ScratchBytes =>
            _core.ScratchBytes + Scratch.Align((nint)_s.Batch * sizeof(long)) + _queryBytes + (_wantsKey ? 0 : _cacheBytes) + (_wantsValue ? 0 : _cacheBytes);

        public override long Macs => _core.Macs;

        public override void Execute(in StepContext c)
        {
            byte* scratch = c.Scratch + _core.ScratchBytes;
            var present = (long*)scratch;
            scratch += Scratch.Align((nint)_s.Batch * sizeof(long));
            var rotated = (float*)scratch;
            scratch += _queryBytes;
            int* lengths = c.Input<int>(Lengths);
            for (int b = 0; b < _s.Batch; b++) present[b] = Checked(lengths[b] + 1L);

            float* q = c.Input<float>(Q);
            int width = (_s.Heads + (_packed ? 2 * _s.KvHeads : 0)) * _s.HeadSize;
            var job = new HeadsJob { Executor = this, Present = present, Q = new Heads(q, (nint)_s.Queries * width, _s.HeadSize, width), Rotated = rotated };
            job.K = _packed ? Part(q, _s.Heads, width) : Heads.HeadsLast(c.Input<float>(K), _s.KvHeads, _s.Queries, _s.HeadSize);
            job.V = _packed ? Part(q, _s.Heads + _s.KvHeads, width) : Heads.HeadsLast(c.Input<float>(V), _s.KvHeads, _s.Queries, _s.HeadSize);
            job.Keys = _wantsKey ? c.Output<float>(PresentKey) : (float*)scratch;
            if (!_wantsKey) scratch += _cacheBytes;
            job.Values = _wantsValue ? c.Output<float>(PresentValue) : (float*)scratch;
            if (_past > 0)
            {
                job.PastKeys = c.Input<float>(PastKey);
                job.PastValues = c.Input<float>(PastValue);
            }

            if (_pairs > 0)
            {
                job.Cos = c.Input<float>(Cos);
                job.Sin = c.Input<float>(Sin);
            }

            c.Pool.Run(ref job, _s.Batch * (_pairs == 0 ? _s.KvHeads : _s.KvHeads + _s.Heads));
            var o = new AttentionOperands
            {
                Q = _pairs == 0 ? job.Q : Heads.HeadsFirst(rotated, _s.Heads, _s.Queries, _s.HeadSize),
                K = Heads.HeadsFirst(job.Keys, _s.KvHeads, _s.Keys, _s.HeadSize),
                V = Heads.HeadsFirst(job.Values, _s.KvHeads, _s.Keys, _s.HeadSize),
                Y = Heads.HeadsLast(c.Output<float>(0), _s.Heads, _s.Queries, _s.HeadSize),
                Causal = true,
                Present = _isPrompt ? null : present,
                Window = _window,
            };
            if (_hasBias)
            {
                o.Bias = c.Input<float>(ScoresBias);
                o.BiasLayout = _layout;
            }

            _core.Run(o, c.Scratch, c.Pool);
        }

        private Heads Part(float* data, int head, int width) => new(data + head * _s.HeadSize, (nint)_s.Queries * width, _s.HeadSize, width);

        /// <summary>Rows of a batch that are there after this run.</summary>
        private long Checked(long length)
        {
            long before = _isPrompt ? 0 : length - _s.Queries;
            if (length < 1 || before < 0 || before > _past || length > _s.Keys || (_pairs > 0 && before + _s.Queries > _positions))
                throw new ModelException($"{_path}: seqlens_k {length - 1} does not fit {_past} rows of the cache and {_s.Queries} new ones");
            return length;
        }

        /// <summary>One chunk is one head of keys and values of one batch, or, behind those, one of queries.</summary>
        private struct HeadsJob : IParallelJob
        {
            public GroupQueryAttentionExecutor Executor;
            public Heads Q;
            public Heads K;
            public Heads V;
            public long* Present;
            public float* PastKeys;
            public float* PastValues;
            public float* Keys;
            public float* Values;
            public float* Rotated;
            public float* Cos;
            public float* Sin;

            public readonly void Execute(int chunk)
            {
                var s = Executor._s;
                if (chunk < s.Batch * s.KvHeads) Executor.Remember(this, chunk / s.KvHeads, chunk % s.KvHeads);
                else Executor.Turn(this, (chunk - s.Batch * s.KvHeads) / s.Heads, (chunk - s.Batch * s.KvHeads) % s.Heads);
            }
        }

        /// <summary>Former rows, the new ones, and zeros up to the end of the cache.</summary>
        private void Remember(in HeadsJob o, int b, int h)
        {
            int size = _s.HeadSize, before = Before(o, b), end = before + _s.Queries;
            nint head = (nint)b * _s.KvHeads + h;
            float* keys = o.Keys + head * _s.Keys * size, values = o.Values + head * _s.Keys * size;
            long former = (long)before * size * sizeof(float), row = (long)size * sizeof(float);
            if (former > 0)
            {
                Buffer.MemoryCopy(o.PastKeys + head * _past * size, keys, former, former);
                Buffer.MemoryCopy(o.PastValues + head * _past * size, values, former, former);
            }

            for (int t = 0; t < _s.Queries; t++)
            {
                nint at = (nint)(before + t) * size;
                Rotate(o, o.K.At(b, h) + t * o.K.Row, keys + at, before + t);
                Buffer.MemoryCopy(o.V.At(b, h) + t * o.V.Row, values + at, row, row);
            }

            new Span<float>(keys + (nint)end * size, (_s.Keys - end) * size).Clear();
            new Span<float>(values + (nint)end * size, (_s.Keys - end) * size).Clear();
        }

        private void Turn(in HeadsJob o, int b, int h)
        {
            int before = Before(o, b);
            float* target = o.Rotated + ((nint)b * _s.Heads + h) * _s.Queries * _s.HeadSize;
            for (int t = 0; t < _s.Queries; t++) Rotate(o, o.Q.At(b, h) + t * o.Q.Row, target + (nint)t * _s.HeadSize, before + t);
        }

        private void Rotate(in HeadsJob o, float* x, float* y, int position)
        {
            if (_pairs > 0) _rotary.Run(x, y, o.Cos + (nint)position * _pairs, o.Sin + (nint)position * _pairs, _pairs, _interleaved);
            int rest = _s.HeadSize - 2 * _pairs;
            Buffer.MemoryCopy(x + 2 * _pairs, y + 2 * _pairs, (long)rest * sizeof(float), (long)rest * sizeof(float));
        }

        private int Before(in HeadsJob o, int b) => _isPrompt ? 0 : (int)(o.Present[b] - _s.Queries);
    }
}
