using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// com.microsoft Attention and QAttention: queries, keys and values are one product of the input <c>[batch, length, size]</c>
/// and the weights <c>[size, q + k + v]</c>, in QAttention of integers. Keys and values of former runs are one tensor
/// <c>[2, batch, heads, length, size]</c>.
/// </summary>
internal sealed class PackedAttentionOperator(bool isQuantized) : Operator(isQuantized ? "QAttention" : "Attention", OperatorCatalog.Microsoft, 1)
{
    private const int X = 0, W = 1, B = 2;
    private const int Present = 1;

    // QAttention alone has these.
    private const int Scale = 3, WeightScale = 4, ZeroPoint = 6, WeightZeroPoint = 7;

    private readonly int _mask = isQuantized ? 5 : 3;
    private readonly int _past = isQuantized ? 8 : 4;
    private readonly int _scoresBias = isQuantized ? -1 : 5;

    public override void Infer(InferContext c)
    {
        if (isQuantized) CheckQuantized(c);
        else
            for (int i = X; i <= B; i++)
                if (i <= W || c.Has(i)) c.RequireType(i, DataType.Float32);
        if (c.Has(_past)) c.RequireType(_past, DataType.Float32);
        int last = Math.Max(_past, _scoresBias);
        for (int i = last + 1; i < c.InputCount; i++)
            if (c.Has(i)) throw c.Error($"input {i} (a cache shared between runs) is not supported; supported: 0 to {last}");
        if (c.Attributes.Int("do_rotary", 0) != 0) throw c.Error("do_rotary 1 is not supported; supported: 0");
        if (c.Attributes.Int("past_present_share_buffer", 0) != 0) throw c.Error("past_present_share_buffer 1 is not supported; supported: 0");
        c.Attributes.Int("rotary_embedding_dim", 0);
        c.Attributes.Int("unidirectional", 0);
        c.Attributes.Float("scale", 0);
        c.Attributes.Float("mask_filter_value", -10000);
        var s = Read(c.Node, _past, out _);
        if (c.Has(B) && c.Shape(B) != new Shape(c.Shape(W)[1])) throw c.Error($"bias {c.Shape(B)} must be [{c.Shape(W)[1]}]");
        if (c.Has(_mask)) PaddingMask.Check(c, _mask, s);
        if (HasScoresBias(c.Node))
        {
            c.RequireType(_scoresBias, DataType.Float32);
            ScoreBias.Of(c.Node, c.Shape(_scoresBias), s, mayBeShort: false);
        }

        c.Output(0, DataType.Float32, new Shape(s.Batch, s.Queries, s.Heads * s.ValueSize));
        if (c.Wants(Present) && s.HeadSize != s.ValueSize) throw c.Error($"output {Present} holds keys and values of one size, not {s.HeadSize} and {s.ValueSize}");
        c.Output(Present, DataType.Float32, new Shape(2, s.Batch, s.Heads, s.Keys, s.HeadSize));
    }

    public override Executor Prepare(PrepareContext c) => new PackedAttentionExecutor(c, this);

    private bool HasScoresBias(Node node) => _scoresBias >= 0 && node.Has(_scoresBias);

    private static void CheckQuantized(InferContext c)
    {
        c.RequireType(X, DataType.UInt8, DataType.Int8);
        c.RequireType(W, DataType.UInt8, DataType.Int8);
        c.RequireRank(W, 2, 2);
        c.RequireType(B, DataType.Float32);
        c.RequireType(Scale, DataType.Float32);
        c.RequireType(WeightScale, DataType.Float32);
        c.RequireSameType(X, ZeroPoint);
        c.RequireSameType(W, WeightZeroPoint);
        c.RequirePerChannel(Scale, 1, "input_scale");
        c.RequirePerChannel(ZeroPoint, 1, "input_zero_point");
        c.RequirePerChannel(WeightScale, c.Shape(W)[1], "weight_scale");
        c.RequirePerChannel(WeightZeroPoint, c.Shape(W)[1], "weight_zero_point");
        foreach (int i in (int[])[W, WeightScale, WeightZeroPoint])
            if (c.Has(i) && c.Constant(i) is null) throw c.Error($"input {i} that only a run brings is not supported; supported: a constant");
    }

    private static AttentionShape Read(Node node, int pastInput, out int past)
    {
        Shape x = node.Inputs[X]!.Shape!.Value, w = node.Inputs[W]!.Shape!.Value;
        if (x.Rank != 3 || w.Rank != 2 || x[2] != w[0]) throw node.Error($"input {x} and weights {w} must be [batch,length,size] and [size,…]");
        long heads = node.Attributes.Int("num_heads");
        long[] sizes = node.Attributes.Ints("qkv_hidden_sizes") ?? [w[1] / 3, w[1] / 3, w[1] / 3];
        if (sizes.Length != 3 || sizes.Any(n => n <= 0) || sizes.Sum() != w[1] || sizes[0] != sizes[1] || heads <= 0 || sizes[0] % heads != 0 || sizes[2] % heads != 0)
            throw node.Error($"weights {w} do not divide into queries, keys and values [{string.Join(',', sizes)}] of num_heads {heads}");
        var s = new AttentionShape(x[0], (int)heads, (int)heads, x[1], x[1], (int)(sizes[0] / heads), (int)(sizes[2] / heads));
        past = 0;
        if (node.Has(pastInput))
        {
            var p = node.Inputs[pastInput]!.Shape!.Value;
            past = p.Rank == 5 ? p[3] : 0;
            if (s.HeadSize != s.ValueSize || p != new Shape(2, s.Batch, s.Heads, past, s.HeadSize))
                throw node.Error($"past {p} must be [2,{s.Batch},{s.Heads},past,{s.HeadSize}]");
            s = s with { Keys = past + s.Keys };
        }

        if (s.Keys == 0 || x[2] == 0) throw node.Error($"input {x} has no elements; attention to nothing is not defined");
        return s;
    }

    private sealed unsafe class PackedAttentionExecutor : Executor
    {
        private readonly PackedAttentionOperator _op;
        private readonly AttentionShape _s;
        private readonly AttentionCore _core;
        private readonly QkvProjection _projection;
        private readonly KeyValueCache _keys;
        private readonly KeyValueCache _values;
        private readonly PaddingMask? _padding;
        private readonly ScoreBias _layout;
        private readonly nint _packedBytes;
        private readonly nint _sharedBytes;
        private readonly int _width;
        private readonly int _inner;
        private readonly int _past;
        private readonly bool _causal;
        private readonly bool _hasScoresBias;
        private readonly bool _wantsPresent;

        public PackedAttentionExecutor(PrepareContext c, PackedAttentionOperator op)
        {
            _op = op;
            _s = Read(c.Node, op._past, out _past);
            float scale = c.Attributes.Float("scale", 0);
            _causal = c.Attributes.Int("unidirectional", 0) != 0;
            _core = new AttentionCore(c.Kernels, c.Threads, _s, scale == 0 ? (float)(1 / Math.Sqrt(_s.HeadSize)) : scale, _causal);
            (_inner, _width) = (c.Shape(W)[0], c.Shape(W)[1]);
            _projection = c.Type(X) == DataType.Float32
                ? new FloatProjection(c, X, W, B)
                : new IntegerProjection(c, X, W, B, Scale, WeightScale, ZeroPoint, WeightZeroPoint);
            _packedBytes = Scratch.Align((nint)_s.Batch * _s.Queries * _width * sizeof(float));
            // The projection's own scratch is free again when attention begins.
            _sharedBytes = nint.Max(Scratch.Align(_projection.ScratchBytes), _core.ScratchBytes);
            _padding = c.Has(op._mask) ? new PaddingMask(c, op._mask, _s) : null;
            _hasScoresBias = op.HasScoresBias(c.Node);
            if (_hasScoresBias) _layout = ScoreBias.Of(c.Node, c.Shape(op._scoresBias), _s, mayBeShort: false);
            _wantsPresent = c.Wants(Present);
            _keys = new KeyValueCache(_s.Batch, _s.Heads, _past, _s.Keys - _past, _s.HeadSize, _wantsPresent);
            _values = new KeyValueCache(_s.Batch, _s.Heads, _past, _s.Keys - _past, _s.ValueSize, _wantsPresent);
        }

        public override string Kernel => $"{_projection.Name}, {_core.Name}";

        public override nint ScratchBytes => _packedBytes + _sharedBytes + _keys.ScratchBytes + _values.ScratchBytes + (_padding?.ScratchBytes ?? 0);

        public override nint PackedBytes => _projection.PackedBytes;

        public override long Macs => (long)_s.Batch * _s.Queries * _inner * _width + _core.Macs;

        public override void Execute(in StepContext c)
        {
            if (_s.Batch == 0) return;
            var qkv = (float*)c.Scratch;
            byte* own = c.Scratch + _packedBytes, scratch = own + _sharedBytes;
            _projection.Run(c, qkv, own);
            float* past = _past > 0 ? c.Input<float>(_op._past) : null, present = _wantsPresent ? c.Output<float>(Present) : null;
            nint cache = (nint)_s.Batch * _s.Heads * _s.HeadSize;
            var o = new AttentionOperands { Causal = _causal, Past = _past, Y = Heads.HeadsLast(c.Output<float>(0), _s.Heads, _s.Queries, _s.ValueSize) };
            int keys = _s.Heads * _s.HeadSize;
            o.Q = Part(qkv, _s.HeadSize);
            o.K = _keys.Update(past, Part(qkv + keys, _s.HeadSize), present, scratch, c.Pool);
            scratch += _keys.ScratchBytes;
            o.V = _values.Update(past + cache * _past, Part(qkv + 2 * keys, _s.ValueSize), present + cache * _s.Keys, scratch, c.Pool);
            scratch += _values.ScratchBytes;
            if (_hasScoresBias)
            {
                o.Bias = c.Input<float>(_op._scoresBias);
                o.BiasLayout = _layout;
            }

            if (_padding is not null)
            {
                o.Padding = _padding.Get(c, scratch);
                o.PaddingLayout = _padding.Layout;
            }

            _core.Run(o, own, c.Pool);
        }

        public override void Dispose()
        {
            _projection.Dispose();
            base.Dispose();
        }

        private Heads Part(float* data, int size) => new(data, (nint)_s.Queries * _width, size, _width);
    }
}
