using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.MatMul;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// com.microsoft Attention: queries, keys and values are one product of the input <c>[batch, length, size]</c> and the
/// weights <c>[size, q + k + v]</c>. Keys and values of former runs are one tensor <c>[2, batch, heads, length, size]</c>.
/// </summary>
internal sealed class PackedAttentionOperator() : Operator("Attention", OperatorCatalog.Microsoft, 1)
{
    private const int X = 0, W = 1, B = 2, Mask = 3, Past = 4, ScoresBias = 5;
    private const int Present = 1;

    public override void Infer(InferContext c)
    {
        for (int i = X; i <= ScoresBias; i++)
        {
            if (c.Has(i) && i != Mask) c.RequireType(i, DataType.Float32);
            else if (i <= W) throw c.Error($"input {i} is required and missing");
        }

        for (int i = ScoresBias + 1; i < c.InputCount; i++)
            if (c.Has(i)) throw c.Error($"input {i} (a cache shared between runs) is not supported; supported: 0 to {ScoresBias}");
        if (c.Attributes.Int("do_rotary", 0) != 0) throw c.Error("do_rotary 1 is not supported; supported: 0");
        if (c.Attributes.Int("past_present_share_buffer", 0) != 0) throw c.Error("past_present_share_buffer 1 is not supported; supported: 0");
        c.Attributes.Int("rotary_embedding_dim", 0);
        c.Attributes.Int("unidirectional", 0);
        c.Attributes.Float("scale", 0);
        c.Attributes.Float("mask_filter_value", -10000);
        var s = Read(c.Node, out _);
        if (c.Has(B) && c.Shape(B) != new Shape(c.Shape(W)[1])) throw c.Error($"bias {c.Shape(B)} must be [{c.Shape(W)[1]}]");
        if (c.Has(Mask)) PaddingMask.Check(c, Mask, s);
        if (c.Has(ScoresBias)) ScoreBias.Of(c.Node, c.Shape(ScoresBias), s, mayBeShort: false);
        c.Output(0, DataType.Float32, new Shape(s.Batch, s.Queries, s.Heads * s.ValueSize));
        if (c.Wants(Present) && s.HeadSize != s.ValueSize) throw c.Error($"output {Present} holds keys and values of one size, not {s.HeadSize} and {s.ValueSize}");
        c.Output(Present, DataType.Float32, new Shape(2, s.Batch, s.Heads, s.Keys, s.HeadSize));
    }

    public override Executor Prepare(PrepareContext c) => new PackedAttentionExecutor(c);

    private static AttentionShape Read(Node node, out int past)
    {
        Shape x = node.Inputs[X]!.Shape!.Value, w = node.Inputs[W]!.Shape!.Value;
        if (x.Rank != 3 || w.Rank != 2 || x[2] != w[0]) throw node.Error($"input {x} and weights {w} must be [batch,length,size] and [size,…]");
        long heads = node.Attributes.Int("num_heads");
        long[] sizes = node.Attributes.Ints("qkv_hidden_sizes") ?? [w[1] / 3, w[1] / 3, w[1] / 3];
        if (sizes.Length != 3 || sizes.Any(n => n <= 0) || sizes.Sum() != w[1] || sizes[0] != sizes[1] || heads <= 0 || sizes[0] % heads != 0 || sizes[2] % heads != 0)
            throw node.Error($"weights {w} do not divide into queries, keys and values [{string.Join(',', sizes)}] of num_heads {heads}");
        var s = new AttentionShape(x[0], (int)heads, (int)heads, x[1], x[1], (int)(sizes[0] / heads), (int)(sizes[2] / heads));
        past = 0;
        if (node.Has(Past))
        {
            var p = node.Inputs[Past]!.Shape!.Value;
            past = p.Rank == 5 ? p[3] : 0;
            if (s.HeadSize != s.ValueSize || p != new Shape(2, s.Batch, s.Heads, past, s.HeadSize))
                throw node.Error($"past {p} must be [2,{s.Batch},{s.Heads},past,{s.HeadSize}]");
            s = s with { Keys = past + s.Keys };
        }

        if (s.Keys == 0) throw node.Error($"input {x} has no elements; attention to nothing is not defined");
        return s;
    }

    private sealed unsafe class PackedAttentionExecutor : Executor
    {
        private readonly AttentionShape _s;
        private readonly AttentionCore _core;
        private readonly PreparedConvF32? _product;
        private readonly DenseKernels _dense;
        private readonly BinaryKernel? _add;
        private readonly Broadcast? _plan;
        private readonly KeyValueCache _keys;
        private readonly KeyValueCache _values;
        private readonly PaddingMask? _padding;
        private readonly ScoreBias _layout;
        private readonly nint _productBytes;
        private readonly nint _packedBytes;
        private readonly int _rows;
        private readonly int _inner;
        private readonly int _width;
        private readonly int _past;
        private readonly bool _causal;
        private readonly bool _hasScoresBias;
        private readonly bool _wantsPresent;

        public PackedAttentionExecutor(PrepareContext c)
        {
            _s = Read(c.Node, out _past);
            float scale = c.Attributes.Float("scale", 0);
            _core = new AttentionCore(c.Kernels, c.Threads, _s, scale == 0 ? (float)(1 / Math.Sqrt(_s.HeadSize)) : scale);
            _dense = c.Kernels.Dense;
            (_rows, _inner, _width) = (_s.Batch * _s.Queries, c.Shape(W)[0], c.Shape(W)[1]);
            var bias = c.Has(B) ? c.Constant(B) : null;
            bool addsBias = c.Has(B) && bias is null;
            if (c.Constant(W) is { } weights && _rows > 0 && _inner > 0)
                _product = _dense.PrepareConvF32(ConvGeometry.MatMul(_rows, _inner, _width), MatMulOperator.Transposed(weights, _inner, _width).AsSpan<float>(), bias is null ? [] : bias.AsSpan<float>(), Activation.None);
            if (c.Has(B) && (_product is null || addsBias))
            {
                _add = c.Kernels.Elementwise.Binary(BinaryFunction.Add, DataType.Float32);
                _plan = Broadcast.To(new Shape(_rows, _width), new Shape(_rows, _width), new Shape(_width));
            }

            _packedBytes = Scratch.Align((nint)_rows * _width * sizeof(float));
            _productBytes = Scratch.Align(_product?.ScratchBytes ?? _dense.MatMulF32ScratchBytes(_rows, _width, _inner));
            _causal = c.Attributes.Int("unidirectional", 0) != 0;
            _padding = c.Has(Mask) ? new PaddingMask(c, Mask, _s) : null;
            _hasScoresBias = c.Has(ScoresBias);
            if (_hasScoresBias) _layout = ScoreBias.Of(c.Node, c.Shape(ScoresBias), _s, mayBeShort: false);
            _wantsPresent = c.Wants(Present);
            _keys = new KeyValueCache(_s.Batch, _s.Heads, _past, _s.Keys - _past, _s.HeadSize, _wantsPresent);
            _values = new KeyValueCache(_s.Batch, _s.Heads, _past, _s.Keys - _past, _s.ValueSize, _wantsPresent);
        }

        public override string Kernel => $"{_product?.KernelName ?? "matmul_f32"}, {_core.Name}";

        // The product's own scratch is free again when attention begins.
        public override nint ScratchBytes =>
            _packedBytes + nint.Max(_productBytes, _core.ScratchBytes) + _keys.ScratchBytes + _values.ScratchBytes + (_padding?.ScratchBytes ?? 0);

        public override nint PackedBytes => _product?.PackedBytes ?? 0;

        public override long Macs => (long)_rows * _inner * _width + _core.Macs;

        public override void Execute(in StepContext c)
        {
            if (_rows == 0) return;
            var qkv = (float*)c.Scratch;
            byte* own = c.Scratch + _packedBytes, scratch = own + nint.Max(_productBytes, _core.ScratchBytes);
            if (_product is not null) _product.Run(c.Input<float>(X), null, qkv, own, c.Pool);
            else _dense.MatMulF32(_rows, _width, _inner, c.Input<float>(X), _inner, c.Input<float>(W), _width, false, qkv, _width, own, c.Pool);
            _add?.Run(qkv, c.Input<float>(B), qkv, _plan!, c.Pool);

            float* past = _past > 0 ? c.Input<float>(Past) : null, present = _wantsPresent ? c.Output<float>(Present) : null;
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
                o.Bias = c.Input<float>(ScoresBias);
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
            _product?.Dispose();
            base.Dispose();
        }

        private Heads Part(float* data, int size) => new(data, (nint)_s.Queries * _width, size, _width);
    }
}
