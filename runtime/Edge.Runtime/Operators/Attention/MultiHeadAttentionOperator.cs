using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// com.microsoft MultiHeadAttention: queries <c>[batch, length, heads · size]</c>; keys and values likewise, or as
/// <c>[batch, heads, length, size]</c>, or packed beside each other as <c>[batch, length, heads, 2, size]</c>, or all three as
/// <c>[batch, length, heads, 3, size]</c>.
/// </summary>
internal sealed class MultiHeadAttentionOperator() : Operator("MultiHeadAttention", OperatorCatalog.Microsoft, 1)
{
    private const int Q = 0, K = 1, V = 2, Bias = 3, Padding = 4, ScoresBias = 5, PastKey = 6, PastValue = 7;
    private const int PresentKey = 1, PresentValue = 2;

    public override void Infer(InferContext c)
    {
        for (int i = Q; i <= PastValue; i++)
            if (c.Has(i) && i != Padding) c.RequireType(i, DataType.Float32);
        for (int i = PastValue + 1; i < c.InputCount; i++)
            if (c.Has(i)) throw c.Error($"input {i} (a cache shared between runs) is not supported; supported: 0 to {PastValue}");
        for (int i = PresentValue + 1; i < c.OutputCount; i++)
            if (c.Wants(i)) throw c.Error($"output {i} is not supported; supported: 0 to {PresentValue}");
        _ = c.Shape(Q);
        var s = Read(c.Node, out _);
        c.Attributes.Float("scale", 0);
        c.Attributes.Int("unidirectional", 0);
        c.Attributes.Float("mask_filter_value", -10000);
        if (c.Has(Bias))
        {
            int all = s.Heads * (2 * s.HeadSize + s.ValueSize);
            if (c.Shape(Q).Rank != 3 || c.Shape(K).Rank != 3) throw c.Error("a bias is supported where queries, keys and values are [batch,length,heads*size] alone");
            if (c.Shape(Bias) != new Shape(all)) throw c.Error($"bias {c.Shape(Bias)} must be [{all}]");
        }

        if (c.Has(Padding)) PaddingMask.Check(c, Padding, s);
        if (c.Has(ScoresBias)) ScoreBias.Of(c.Node, c.Shape(ScoresBias), s, mayBeShort: false);
        c.Output(0, DataType.Float32, new Shape(s.Batch, s.Queries, s.Heads * s.ValueSize));
        c.Output(PresentKey, DataType.Float32, new Shape(s.Batch, s.Heads, s.Keys, s.HeadSize));
        c.Output(PresentValue, DataType.Float32, new Shape(s.Batch, s.Heads, s.Keys, s.ValueSize));
    }

    public override Executor Prepare(PrepareContext c) => new MultiHeadAttentionExecutor(c);

    private static AttentionShape Read(Node node, out int past)
    {
        var q = node.Inputs[Q]!.Shape!.Value;
        long heads = node.Attributes.Int("num_heads");
        if (q.Rank is not (3 or 5)) throw node.Error($"query {q} must have rank 3 or 5");
        int n = (int)Math.Clamp(heads, 0, int.MaxValue);
        if (n == 0 || (q.Rank == 3 ? q[2] % n != 0 : q[2] != n || q[3] != 3)) throw node.Error($"query {q} does not divide into num_heads {heads}");
        int size = q.Rank == 3 ? q[2] / n : q[4];
        var s = q.Rank == 5 ? new AttentionShape(q[0], n, n, q[1], q[1], size, size) : ReadKeys(node, q, n, size);
        past = 0;
        if (node.Has(PastKey) != node.Has(PastValue)) throw node.Error("past_key and past_value must be given together");
        if (node.Has(PastKey))
        {
            Shape k = node.Inputs[PastKey]!.Shape!.Value, v = node.Inputs[PastValue]!.Shape!.Value;
            past = k.Rank == 4 ? k[2] : 0;
            if (k != new Shape(s.Batch, n, past, size) || v != new Shape(s.Batch, n, past, s.ValueSize))
                throw node.Error($"past_key {k} and past_value {v} must be [{s.Batch},{n},past,{size}] and [{s.Batch},{n},past,{s.ValueSize}]");
            s = s with { Keys = s.Keys + past };
        }

        if (s.Keys == 0 || size == 0 || s.ValueSize == 0) throw node.Error("there are no keys; attention to nothing is not defined");
        return s;
    }

    private static AttentionShape ReadKeys(Node node, Shape q, int heads, int size)
    {
        if (!node.Has(K)) throw node.Error($"key is left out, which is supported where query is [batch,length,heads,3,size], not {q}");
        var k = node.Inputs[K]!.Shape!.Value;
        if (k.Rank == 5)
        {
            if (node.Has(V)) throw node.Error("value is given beside keys and values that are packed");
            if (k[0] != q[0] || k[2] != heads || k[3] != 2 || k[4] != size) throw node.Error($"key {k} does not fit query {q}");
            return new AttentionShape(q[0], heads, heads, q[1], k[1], size, size);
        }

        if (!node.Has(V)) throw node.Error("value is required and missing");
        var v = node.Inputs[V]!.Shape!.Value;
        bool fits = k.Rank == v.Rank && k.Rank switch
        {
            3 => k[0] == q[0] && k[2] == q[2] && v[0] == q[0] && v[1] == k[1] && v[2] % heads == 0,
            4 => k[0] == q[0] && k[1] == heads && k[3] == size && v[0] == q[0] && v[1] == heads && v[2] == k[2],
            _ => false,
        };
        if (!fits) throw node.Error($"query {q}, key {k} and value {v} do not fit each other");
        return k.Rank == 3
            ? new AttentionShape(q[0], heads, heads, q[1], k[1], size, v[2] / heads)
            : new AttentionShape(q[0], heads, heads, q[1], k[2], size, v[3]);
    }

    private sealed unsafe class MultiHeadAttentionExecutor : Executor
    {
        private readonly AttentionShape _s;
        private readonly AttentionCore _core;
        private readonly KeyValueCache _keys;
        private readonly KeyValueCache _values;
        private readonly PaddingMask? _padding;
        private readonly BinaryKernel? _add;
        private readonly Broadcast[] _biases = [];
        private readonly nint[] _biased = [];
        private readonly ScoreBias _layout;
        private readonly int _past;
        private readonly int _queryRank;
        private readonly int _keyRank;
        private readonly bool _causal;
        private readonly bool _hasScoresBias;
        private readonly bool _wantsKey;
        private readonly bool _wantsValue;

        public MultiHeadAttentionExecutor(PrepareContext c)
        {
            _s = Read(c.Node, out _past);
            float scale = c.Attributes.Float("scale", 0);
            _causal = c.Attributes.Int("unidirectional", 0) != 0;
            _core = new AttentionCore(c.Kernels, c.Threads, _s, scale == 0 ? (float)(1 / Math.Sqrt(_s.HeadSize)) : scale, _causal);
            _queryRank = c.Shape(Q).Rank;
            _keyRank = c.Has(K) ? c.Shape(K).Rank : 0;
            _padding = c.Has(Padding) ? new PaddingMask(c, Padding, _s) : null;
            _hasScoresBias = c.Has(ScoresBias);
            if (_hasScoresBias) _layout = ScoreBias.Of(c.Node, c.Shape(ScoresBias), _s, mayBeShort: false);
            _wantsKey = c.Wants(PresentKey);
            _wantsValue = c.Wants(PresentValue);
            _keys = new KeyValueCache(_s.Batch, _s.Heads, _past, _s.Keys - _past, _s.HeadSize, _wantsKey);
            _values = new KeyValueCache(_s.Batch, _s.Heads, _past, _s.Keys - _past, _s.ValueSize, _wantsValue);
            if (!c.Has(Bias)) return;
            _add = c.Kernels.Elementwise.Binary(BinaryFunction.Add, DataType.Float32);
            _biases = [.. Enumerable.Range(Q, 3).Select(i => Broadcast.To(c.Shape(i), c.Shape(i), new Shape(c.Shape(i)[2])))];
            _biased = [.. Enumerable.Range(Q, 3).Select(i => Scratch.Align((nint)c.Shape(i).Count * sizeof(float)))];
        }

        public override string Kernel => _core.Name;

        public override nint ScratchBytes =>
            _core.ScratchBytes + _keys.ScratchBytes + _values.ScratchBytes + (_padding?.ScratchBytes ?? 0) + _biased.Aggregate((nint)0, (sum, b) => sum + b);

        public override long Macs => _core.Macs;

        public override void Execute(in StepContext c)
        {
            byte* scratch = c.Scratch + _core.ScratchBytes;
            var o = new AttentionOperands { Causal = _causal, Past = _past, Y = Heads.HeadsLast(c.Output<float>(0), _s.Heads, _s.Queries, _s.ValueSize) };
            float* q = c.Input<float>(Q), k = _keyRank == 0 ? null : c.Input<float>(K), v = _keyRank is 3 or 4 ? c.Input<float>(V) : null;
            if (_add is not null)
            {
                float* bias = c.Input<float>(Bias);
                q = WithBias(c, 0, q, bias, ref scratch);
                k = WithBias(c, 1, k, bias + _s.Heads * _s.HeadSize, ref scratch);
                v = WithBias(c, 2, v, bias + 2 * _s.Heads * _s.HeadSize, ref scratch);
            }

            int added = _s.Keys - _past, n = _s.Heads, size = _s.HeadSize;
            o.Q = _queryRank == 5 ? Packed(q, 0, 3, _s.Queries) : Heads.HeadsLast(q, n, _s.Queries, size);
            Heads keys = _keyRank switch
            {
                0 => Packed(q, 1, 3, added),
                3 => Heads.HeadsLast(k, n, added, size),
                4 => Heads.HeadsFirst(k, n, added, size),
                _ => Packed(k, 0, 2, added),
            };
            Heads values = _keyRank switch
            {
                0 => Packed(q, 2, 3, added),
                3 => Heads.HeadsLast(v, n, added, _s.ValueSize),
                4 => Heads.HeadsFirst(v, n, added, _s.ValueSize),
                _ => Packed(k, 1, 2, added),
            };
            o.K = _keys.Update(_past > 0 ? c.Input<float>(PastKey) : null, keys, _wantsKey ? c.Output<float>(PresentKey) : null, scratch, c.Pool);
            scratch += _keys.ScratchBytes;
            o.V = _values.Update(_past > 0 ? c.Input<float>(PastValue) : null, values, _wantsValue ? c.Output<float>(PresentValue) : null, scratch, c.Pool);
            scratch += _values.ScratchBytes;
            if (_hasScoresBias)
            {
                o.Bias = c.Input<float>(ScoresBias);
                o.BiasLayout = _layout;
            }

            if (_padding is not null)
            {
                o.Padding = _padding.Get(c, scratch);
                o.PaddingLayout = _padding.Layout;
            }

            _core.Run(o, c.Scratch, c.Pool);
        }

        /// <summary>Part <paramref name="part"/> of <c>[batch, rows, heads, parts, size]</c>.</summary>
        private Heads Packed(float* data, int part, int parts, int rows)
        {
            nint row = (nint)_s.Heads * parts * _s.HeadSize;
            return new Heads(data + part * _s.HeadSize, rows * row, parts * _s.HeadSize, row);
        }

        private float* WithBias(in StepContext c, int i, float* x, float* bias, ref byte* scratch)
        {
            var y = (float*)scratch;
            _add!.Run(x, bias, y, _biases[i], c.Pool);
            scratch += _biased[i];
            return y;
        }
    }
}
