using Edge.Kernels.Attention;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>
/// CausalConvWithState: each channel of <c>[batch, channels, length]</c> is convolved with weights <c>[channels, 1, taps]</c> over
/// its own past, of which the last <c>taps − 1</c> elements come in and go out as the state.
/// </summary>
internal sealed class CausalConvWithStateOperator() : Operator("CausalConvWithState", "", 27, OperatorCatalog.LatestOpset)
{
    private const int X = 0, W = 1, Bias = 2, Past = 3, Present = 1;

    public override void Infer(InferContext c)
    {
        for (int i = X; i <= Past; i++)
            if (i <= W || c.Has(i)) c.RequireType(i, DataType.Float32);
        c.RequireRank(X, 3, 3);
        c.RequireRank(W, 3, 3);
        Shape x = c.Shape(X), w = c.Shape(W);
        if (w[0] != x[1] || w[1] != 1 || w[2] < 1) throw c.Error($"weight {w} must be [{x[1]},1,taps]");
        var state = new Shape(x[0], x[1], w[2] - 1);
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(x[1])) throw c.Error($"bias {c.Shape(Bias)} must be [{x[1]}]");
        if (c.Has(Past) && c.Shape(Past) != state) throw c.Error($"past_state {c.Shape(Past)} must be {state}");
        string activation = c.Attributes.String("activation", "none");
        if (activation is not ("none" or "" or "silu" or "swish")) throw c.Error($"activation '{activation}' is not supported; supported: none, silu, swish");
        c.Output(0, DataType.Float32, x);
        c.Output(Present, DataType.Float32, state);
    }

    public override Executor Prepare(PrepareContext c)
    {
        bool silu = c.Attributes.String("activation", "none") is "silu" or "swish";
        var activation = silu ? c.Kernels.Elementwise.Unary(UnaryFunction.Swish, DataType.Float32, 1) : null;
        return new CausalConvExecutor(c.Kernels.Attention.CausalConv, activation, c.Shape(X), c.Shape(W)[2], c.Has(Bias), c.Has(Past), c.Wants(Present));
    }

    private sealed unsafe class CausalConvExecutor(CausalConvKernel kernel, UnaryKernel? activation, Shape x, int taps, bool hasBias, bool hasPast, bool wantsPresent) : Executor
    {
        public override string Kernel { get; } = activation is null ? kernel.Name : $"{kernel.Name}, {activation.Name}";

        /// <summary>Every channel behind its past.</summary>
        public override nint ScratchBytes { get; } = Scratch.Align((nint)x[0] * x[1] * (x[2] + taps - 1) * sizeof(float));

        public override long Macs => (long)x.Count * taps;

        public override void Execute(in StepContext c)
        {
            var job = new Channels { Executor = this, X = c.Input<float>(X), W = c.Input<float>(W), Y = c.Output<float>(0), Padded = (float*)c.Scratch };
            if (hasBias) job.Bias = c.Input<float>(Bias);
            if (hasPast) job.Past = c.Input<float>(Past);
            if (wantsPresent) job.Present = c.Output<float>(Present);
            c.Pool.Run(ref job, x[0] * x[1]);
            activation?.Run(c.Output<float>(0), c.Output<float>(0), x.Count, c.Pool);
        }

        /// <summary>One chunk is one channel of one batch.</summary>
        private struct Channels : IParallelJob
        {
            public CausalConvExecutor Executor;
            public float* X;
            public float* W;
            public float* Bias;
            public float* Past;
            public float* Y;
            public float* Present;
            public float* Padded;

            public readonly void Execute(int chunk) => Executor.Channel(this, chunk);
        }

        private void Channel(in Channels o, int chunk)
        {
            int length = x[2], before = taps - 1, channel = chunk % x[1];
            float* padded = o.Padded + (nint)chunk * (length + before);
            long bytes = (long)before * sizeof(float);
            if (o.Past is null) new Span<float>(padded, before).Clear();
            else Buffer.MemoryCopy(o.Past + (nint)chunk * before, padded, bytes, bytes);
            Buffer.MemoryCopy(o.X + (nint)chunk * length, padded + before, (long)length * sizeof(float), (long)length * sizeof(float));
            kernel.Run(padded, o.W + (nint)channel * taps, taps, o.Bias is null ? 0 : o.Bias[channel], o.Y + (nint)chunk * length, length);
            if (o.Present is not null) Buffer.MemoryCopy(padded + length, o.Present + (nint)chunk * before, bytes, bytes);
        }
    }
}
