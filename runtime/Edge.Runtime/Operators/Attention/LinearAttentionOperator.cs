using Edge.Kernels.Attention;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// LinearAttention: instead of keys and values, each head keeps a state <c>[key size, value size]</c> that every position
/// decays, corrects, writes to and reads from, as <c>update_rule</c> says. Queries, keys and values are
/// <c>[batch, length, heads · size]</c>.
/// </summary>
internal sealed class LinearAttentionOperator() : Operator("LinearAttention", "", 27, OperatorCatalog.LatestOpset)
{
    private const int Q = 0, K = 1, V = 2, Past = 3, Decay = 4, Beta = 5, Erase = 6;

    public override void Infer(InferContext c)
    {
        for (int i = Q; i <= Erase; i++)
        {
            if (i > V && !c.Has(i)) continue;
            c.RequireType(i, DataType.Float32);
            if (i != Past) c.RequireRank(i, 3, 3);
        }

        string rule = c.Attributes.String("update_rule", "gated_delta");
        if (rule is not ("linear" or "gated" or "delta" or "gated_delta")) throw c.Error($"update_rule '{rule}' is not supported; supported: linear, gated, delta, gated_delta");
        bool gated = rule.StartsWith("gated", StringComparison.Ordinal), delta = rule.EndsWith("delta", StringComparison.Ordinal);
        if (c.Has(Decay) != gated) throw c.Error($"update_rule '{rule}' {(gated ? "needs" : "takes no")} decay");
        if (c.Has(Beta) != delta) throw c.Error($"update_rule '{rule}' {(delta ? "needs" : "takes no")} beta");
        if (c.Has(Erase) && !delta) throw c.Error($"update_rule '{rule}' takes no erase_gate");
        c.Attributes.Int("chunk_size", 0); // how a device may divide the work; results do not depend on it
        c.Attributes.Float("scale", 0);
        var s = Read(c.Node);
        foreach (int i in (int[])[Decay, Beta, Erase])
        {
            if (!c.Has(i)) continue;
            var x = c.Shape(i);
            int other = i == Decay ? s.KvHeads : i == Beta ? 1 : -1, all = i == Beta ? s.KvHeads : s.KvHeads * s.HeadSize;
            if (x[0] != s.Batch || x[1] != s.Queries || (x[2] != all && x[2] != other)) throw c.Error($"input {i} has shape {x}; it must be [{s.Batch},{s.Queries},{all}]{(other < 0 ? "" : $" or [{s.Batch},{s.Queries},{other}]")}");
        }

        var state = new Shape(s.Batch, s.KvHeads, s.HeadSize, s.ValueSize);
        if (c.Has(Past) && c.Shape(Past) != state) throw c.Error($"past_state {c.Shape(Past)} must be {state}");
        c.Output(0, DataType.Float32, new Shape(s.Batch, s.Queries, s.Heads * s.ValueSize));
        c.Output(1, DataType.Float32, state);
    }

    public override Executor Prepare(PrepareContext c) => new LinearAttentionExecutor(c, Read(c.Node));

    private static AttentionShape Read(Node node)
    {
        Shape q = node.Inputs[Q]!.Shape!.Value, k = node.Inputs[K]!.Shape!.Value, v = node.Inputs[V]!.Shape!.Value;
        long heads = node.Attributes.Int("q_num_heads"), kvHeads = node.Attributes.Int("kv_num_heads");
        if (kvHeads <= 0 || heads <= 0 || heads % kvHeads != 0) throw node.Error($"q_num_heads {heads} must be a multiple of kv_num_heads {kvHeads}");
        if (q[2] < heads || v[2] < kvHeads || q[2] % heads != 0 || v[2] % kvHeads != 0 || k[2] != q[2] / heads * kvHeads || k[0] != q[0] || v[0] != q[0] || k[1] != q[1] || v[1] != q[1])
            throw node.Error($"query {q}, key {k} and value {v} of {heads} and {kvHeads} heads do not fit each other");
        return new AttentionShape(q[0], (int)heads, (int)kvHeads, q[1], q[1], (int)(q[2] / heads), (int)(v[2] / kvHeads));
    }

    private sealed unsafe class LinearAttentionExecutor(PrepareContext c, AttentionShape s) : Executor
    {
        private readonly LinearAttentionKernel _kernel = c.Kernels.Attention.Linear;
        private readonly float _scale = c.Attributes.Float("scale", 0) is not 0 and var given ? given : (float)(1 / Math.Sqrt(s.HeadSize));
        private readonly bool[] _has = [.. Enumerable.Range(0, Erase + 1).Select(c.Has)];
        private readonly bool _wantsState = c.Wants(1);
        private readonly int _decays = c.Has(Decay) ? c.Shape(Decay)[2] : 0;
        private readonly int _betas = c.Has(Beta) ? c.Shape(Beta)[2] : 0;
        private readonly nint _state = Scratch.Align((nint)s.Batch * s.KvHeads * s.HeadSize * s.ValueSize * sizeof(float));

        public override string Kernel => _kernel.Name;

        // A corrected value a head, and the states where no output takes them.
        public override nint ScratchBytes => Scratch.Align((nint)s.Batch * s.KvHeads * s.ValueSize * sizeof(float)) + (_wantsState ? 0 : _state);

        public override long Macs => (long)s.Batch * s.Queries * s.HeadSize * s.ValueSize * (s.Heads + s.KvHeads * (_has[Beta] ? 2 : 1));

        public override void Execute(in StepContext c)
        {
            var job = new HeadsJob { Executor = this, Y = c.Output<float>(0), Corrected = (float*)c.Scratch };
            job.State = _wantsState ? c.Output<float>(1) : (float*)(c.Scratch + Scratch.Align((nint)s.Batch * s.KvHeads * s.ValueSize * sizeof(float)));
            job.Q = c.Input<float>(Q);
            job.K = c.Input<float>(K);
            job.V = c.Input<float>(V);
            if (_has[Past]) job.Past = c.Input<float>(Past);
            if (_has[Decay]) job.Decay = c.Input<float>(Decay);
            if (_has[Beta]) job.Beta = c.Input<float>(Beta);
            if (_has[Erase]) job.Erase = c.Input<float>(Erase);
            c.Pool.Run(ref job, s.Batch * s.KvHeads);
        }

        /// <summary>One chunk is one head of keys and values of one batch, with the heads of queries that share it.</summary>
        private struct HeadsJob : IParallelJob
        {
            public LinearAttentionExecutor Executor;
            public float* Q;
            public float* K;
            public float* V;
            public float* Past;
            public float* Decay;
            public float* Beta;
            public float* Erase;
            public float* State;
            public float* Corrected;
            public float* Y;

            public readonly void Execute(int chunk) => Executor.Head(this, chunk);
        }

        private void Head(in HeadsJob o, int chunk)
        {
            var (b, h) = Math.DivRem(chunk, s.KvHeads);
            int group = s.Heads / s.KvHeads, size = s.HeadSize, values = s.ValueSize;
            nint elements = (nint)size * values;
            float* state = o.State + chunk * elements, corrected = o.Corrected + (nint)chunk * values;
            if (o.Past is null) new Span<float>(state, checked((int)elements)).Clear();
            else Buffer.MemoryCopy(o.Past + chunk * elements, state, elements * sizeof(float), elements * sizeof(float));
            for (int t = 0; t < s.Queries; t++)
            {
                nint at = (nint)b * s.Queries + t;
                float* key = o.K + (at * s.KvHeads + h) * size, value = o.V + (at * s.KvHeads + h) * values;
                if (o.Decay is not null)
                {
                    bool each = _decays != s.KvHeads || size == 1;
                    _kernel.Decay(state, o.Decay + at * _decays + (each ? h * size : h), each ? 1 : 0, size, values);
                }

                if (o.Beta is not null)
                {
                    float* erase = o.Erase is null ? null : o.Erase + (at * s.KvHeads + h) * size;
                    _kernel.Correct(state, key, erase, value, o.Beta[at * _betas + (_betas == 1 ? 0 : h)], corrected, size, values);
                    value = corrected;
                }

                _kernel.Write(state, key, value, size, values);
                for (int q = h * group; q < (h + 1) * group; q++)
                    _kernel.Read(state, o.Q + (at * s.Heads + q) * size, _scale, o.Y + (at * s.Heads + q) * values, size, values);
            }
        }
    }
}
