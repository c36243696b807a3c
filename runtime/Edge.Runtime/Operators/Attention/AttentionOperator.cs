using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// Attention: queries, keys and values as <c>[batch, heads, length, size]</c>, or as <c>[batch, length, heads · size]</c>
/// with the numbers of heads as attributes; fewer heads of keys and values than of queries are shared. Keys and values of
/// former runs come in and go out as <c>[batch, heads, length, size]</c>.
/// </summary>
/// <remarks>
/// Opset 24 added the number of keys that are there of each batch, and masks that end before the keys do. Softcap comes
/// before the mask, as ONNX corrected it for all opsets.
/// </remarks>
internal sealed class AttentionOperator() : Operator("Attention", "", 23, OperatorCatalog.LatestOpset)
{
    private const int Q = 0, K = 1, V = 2, Mask = 3, PastKey = 4, PastValue = 5, Present = 6;
    private const int PresentKey = 1, PresentValue = 2, Scores = 3;
    private const int ShortMasksSince = 24;

    public override void Infer(InferContext c)
    {
        for (int i = Q; i <= PastValue; i++)
        {
            if (i > V && !c.Has(i)) continue;
            if (i == Mask) c.RequireType(i, DataType.Float32, DataType.Bool);
            else c.RequireType(i, DataType.Float32);
        }

        if (c.Has(PastKey) != c.Has(PastValue)) throw c.Error("past_key and past_value must be given together");
        if (c.Has(Present))
        {
            c.RequireType(Present, DataType.Int64);
            if (c.Has(PastKey)) throw c.Error("nonpad_kv_seqlen beside past_key is not supported; supported: either");
            if (c.Shape(Present) != new Shape(c.Shape(Q)[0])) throw c.Error($"nonpad_kv_seqlen has shape {c.Shape(Present)}; it must be [{c.Shape(Q)[0]}]");
        }

        var s = Read(c.Node, out int past);
        ReadScale(c.Node, s);
        ReadStage(c.Node);
        c.Attributes.Int("is_causal", 0);
        float softcap = c.Attributes.Float("softcap", 0);
        if (!(softcap >= 0)) throw c.Error($"softcap {softcap} is not supported; supported: 0 or more");
        long precision = c.Attributes.Int("softmax_precision", (long)DataType.Float32);
        if (precision is not ((long)DataType.Float32 or (long)DataType.Float16 or (long)DataType.BFloat16))
            throw c.Error($"softmax_precision {precision} is not supported; softmax is computed in float (1), which serves 10 and 16 too");
        if (c.Has(Mask)) ScoreBias.Of(c.Node, c.Shape(Mask), s, c.Opset >= ShortMasksSince);
        c.Output(0, DataType.Float32, c.Shape(Q).Rank == 4
            ? new Shape(s.Batch, s.Heads, s.Queries, s.ValueSize)
            : new Shape(s.Batch, s.Queries, s.Heads * s.ValueSize));
        c.Output(PresentKey, DataType.Float32, new Shape(s.Batch, s.KvHeads, s.Keys, s.HeadSize));
        c.Output(PresentValue, DataType.Float32, new Shape(s.Batch, s.KvHeads, s.Keys, s.ValueSize));
        // Nobody asks for most of them, and of long sequences there may be more than a tensor holds.
        if (c.Wants(Scores)) c.Output(Scores, DataType.Float32, new Shape(s.Batch, s.Heads, s.Queries, s.Keys));
    }

    public override Executor Prepare(PrepareContext c) => new AttentionExecutor(c);

    private static AttentionShape Read(Node node, out int past)
    {
        Shape q = node.Inputs[Q]!.Shape!.Value, k = node.Inputs[K]!.Shape!.Value, v = node.Inputs[V]!.Shape!.Value;
        if (q.Rank is not (3 or 4) || k.Rank != q.Rank || v.Rank != q.Rank) throw node.Error($"Q {q}, K {k} and V {v} must all have rank 3, or all rank 4");
        bool flat = q.Rank == 3;
        int heads = ReadHeads(node, "q_num_heads", q, flat), kvHeads = ReadHeads(node, "kv_num_heads", k, flat);
        if (kvHeads == 0 || heads % kvHeads != 0) throw node.Error($"{heads} heads of queries cannot share {kvHeads} heads of keys");
        if (flat && (q[2] % heads != 0 || k[2] % kvHeads != 0 || v[2] % kvHeads != 0))
            throw node.Error($"Q {q}, K {k} and V {v} do not divide into {heads} and {kvHeads} heads");
        var s = flat
            ? new AttentionShape(q[0], heads, kvHeads, q[1], k[1], q[2] / heads, v[2] / kvHeads)
            : new AttentionShape(q[0], heads, kvHeads, q[2], k[2], q[3], v[3]);
        int keySize = flat ? k[2] / kvHeads : k[3], values = flat ? v[1] : v[2];
        if (k[0] != s.Batch || v[0] != s.Batch || keySize != s.HeadSize || values != s.Keys || (!flat && v[1] != kvHeads))
            throw node.Error($"Q {q}, K {k} and V {v} do not fit each other");
        past = 0;
        if (node.Has(PastKey))
        {
            Shape pastKey = node.Inputs[PastKey]!.Shape!.Value, pastValue = node.Inputs[PastValue]!.Shape!.Value;
            past = pastKey.Rank == 4 ? pastKey[2] : 0;
            if (pastKey != new Shape(s.Batch, kvHeads, past, s.HeadSize) || pastValue != new Shape(s.Batch, kvHeads, past, s.ValueSize))
                throw node.Error($"past_key {pastKey} and past_value {pastValue} must be [{s.Batch},{kvHeads},past,{s.HeadSize}] and [{s.Batch},{kvHeads},past,{s.ValueSize}]");
            s = s with { Keys = past + s.Keys };
        }

        if (s.Keys == 0 || s.HeadSize == 0 || s.ValueSize == 0) throw node.Error($"K {k} or V {v} holds no elements; attention to nothing is not defined");
        return s;
    }

    private static int ReadHeads(Node node, string attribute, Shape shape, bool flat)
    {
        long heads = flat ? node.Attributes.Int(attribute) : node.Attributes.Int(attribute, shape[1]);
        if (!flat && heads != 0 && heads != shape[1]) throw node.Error($"{attribute} {heads} is not the {shape[1]} heads of {shape}");
        if (flat && (heads <= 0 || heads > shape[2])) throw node.Error($"{attribute} {heads} is not supported; supported: 1 to {shape[2]}");
        return flat ? (int)heads : shape[1];
    }

    private static float ReadScale(Node node, in AttentionShape s) => node.Attributes.Float("scale", (float)(1 / Math.Sqrt(s.HeadSize)));

    private static ScoreStage ReadStage(Node node)
    {
        long mode = node.Attributes.Int("qk_matmul_output_mode", 0);
        return mode is >= 0 and <= 3 ? (ScoreStage)mode : throw node.Error($"qk_matmul_output_mode {mode} is not supported; supported: 0 to 3");
    }

    private sealed unsafe class AttentionExecutor : Executor
    {
        private readonly AttentionShape _s;
        private readonly AttentionCore _core;
        private readonly KeyValueCache _keys;
        private readonly KeyValueCache _values;
        private readonly ScoreBias _layout;
        private readonly ScoreStage _stage;
        private readonly int _past;
        private readonly bool _flat;
        private readonly bool _causal;
        private readonly bool _hasMask;
        private readonly bool _maskIsBool;
        private readonly bool _hasPast;
        private readonly bool _hasPresent;
        private readonly bool[] _wants;

        public AttentionExecutor(PrepareContext c)
        {
            _s = Read(c.Node, out _past);
            _flat = c.Shape(Q).Rank == 3;
            _causal = c.Attributes.Int("is_causal", 0) != 0;
            _core = new AttentionCore(c.Kernels, c.Threads, _s, ReadScale(c.Node, _s), _causal || c.Has(Present), c.Attributes.Float("softcap", 0));
            _stage = ReadStage(c.Node);
            _hasMask = c.Has(Mask);
            _hasPast = c.Has(PastKey);
            _hasPresent = c.Has(Present);
            if (_hasMask)
            {
                _maskIsBool = c.Type(Mask) == DataType.Bool;
                _layout = ScoreBias.Of(c.Node, c.Shape(Mask), _s, c.Node.Opset >= ShortMasksSince);
            }

            _wants = [.. Enumerable.Range(0, Scores + 1).Select(c.Wants)];
            _keys = new KeyValueCache(_s.Batch, _s.KvHeads, _past, _s.Keys - _past, _s.HeadSize, _wants[PresentKey]);
            _values = new KeyValueCache(_s.Batch, _s.KvHeads, _past, _s.Keys - _past, _s.ValueSize, _wants[PresentValue]);
        }

        public override string Kernel => _core.Name;

        public override nint ScratchBytes => _core.ScratchBytes + _keys.ScratchBytes + _values.ScratchBytes;

        public override long Macs => _core.Macs;

        public override void Execute(in StepContext c)
        {
            byte* keys = c.Scratch + _core.ScratchBytes;
            float* presentKey = _wants[PresentKey] ? c.Output<float>(PresentKey) : null, presentValue = _wants[PresentValue] ? c.Output<float>(PresentValue) : null;
            int added = _s.Keys - _past;
            var o = new AttentionOperands
            {
                Q = Rows(c.Input<float>(Q), _s.Heads, _s.Queries, _s.HeadSize),
                K = _keys.Update(_hasPast ? c.Input<float>(PastKey) : null, Rows(c.Input<float>(K), _s.KvHeads, added, _s.HeadSize), presentKey, keys, c.Pool),
                V = _values.Update(_hasPast ? c.Input<float>(PastValue) : null, Rows(c.Input<float>(V), _s.KvHeads, added, _s.ValueSize), presentValue, keys + _keys.ScratchBytes, c.Pool),
                Y = Rows(c.Output<float>(0), _s.Heads, _s.Queries, _s.ValueSize),
                BiasLayout = _layout,
                Causal = _causal,
                Past = _past,
                Stage = _stage,
            };
            if (_hasMask && _maskIsBool) o.Mask = c.Input<byte>(Mask);
            else if (_hasMask) o.Bias = c.Input<float>(Mask);
            if (_hasPresent) o.Present = c.Input<long>(Present);
            if (_wants[Scores]) o.Scores = c.Output<float>(Scores);
            _core.Run(o, c.Scratch, c.Pool);
        }

        private Heads Rows(float* data, int heads, int rows, int size) =>
            _flat ? Heads.HeadsLast(data, heads, rows, size) : Heads.HeadsFirst(data, heads, rows, size);
    }
}
