using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.BatchNormalization;

/// <summary>
/// BatchNormalization at inference: <c>y = (x − mean) / √(variance + epsilon) · scale + bias</c> for each channel, as one
/// multiplication and one addition whose factors are computed in double, when the plan is made or, where the statistics
/// are no constants, at each run.
/// </summary>
internal sealed class BatchNormalizationOperator() : Operator("BatchNormalization", "", 7, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("channels_last", 1L);
        return true;
    }

    public override void Infer(InferContext c)
    {
        c.Attributes.Float("epsilon", 1e-5f);
        c.Attributes.Float("momentum", 0.9f); // only training uses it
        if (c.Attributes.Int("training_mode", 0) != 0) throw c.Error("training_mode 1 is not supported; export the model for inference (training_mode 0)");
        if (c.Attributes.Int("spatial", 1) == 0) throw c.Error("spatial 0 is not supported; supported: 1");
        for (int i = 0; i < 5; i++) c.RequireType(i, DataType.Float32);
        c.RequireRank(0, 2);
        int channels = c.Shape(0)[ChannelAxis(c.Node, c.Shape(0).Rank)];
        for (int i = 1; i < 5; i++)
            if (c.Shape(i).Count != channels) throw c.Error($"input {i} has shape {c.Shape(i)}, which does not fit the {channels} channels of {c.Shape(0)}");
        for (int i = 1; i < c.OutputCount; i++)
            if (c.Wants(i)) throw c.Error($"output {i} exists only in training, which is not supported");
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        var shape = c.Shape(0);
        int axis = ChannelAxis(c.Node, shape.Rank);
        var executor = new BatchNormalizationExecutor(c.Kernels.Elementwise.ScaleShift, shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.Rank), c.Attributes.Float("epsilon", 1e-5f));
        if (Enumerable.Range(1, 4).All(i => c.Constant(i) is not null))
            executor.Fix(c.Constant(1)!.AsSpan<float>(), c.Constant(2)!.AsSpan<float>(), c.Constant(3)!.AsSpan<float>(), c.Constant(4)!.AsSpan<float>());
        return executor;
    }

    private static int ChannelAxis(Node node, int rank) => node.Attributes.Int("channels_last", 0) != 0 ? rank - 1 : 1;
}

internal sealed unsafe class BatchNormalizationExecutor(ScaleShiftKernel kernel, int outer, int channels, int inner, float epsilon) : Executor
{
    private readonly Tensor _factors = Tensor.Create<float>(new Shape(2, channels));
    private bool _fixed;

    public override string Kernel => kernel.Name;

    public override nint PackedBytes => _factors.ByteLength;

    /// <summary>Computes the factors for good.</summary>
    public void Fix(ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance)
    {
        Compute(scale, bias, mean, variance);
        _fixed = true;
    }

    public override void Execute(in StepContext c)
    {
        if (!_fixed) Compute(Values(c, 1), Values(c, 2), Values(c, 3), Values(c, 4));
        float* factors = (float*)_factors.Data;
        kernel.Run(c.Input<float>(0), factors, factors + channels, c.Output<float>(0), outer, channels, inner, c.Pool);
    }

    private ReadOnlySpan<float> Values(in StepContext c, int input) => new(c.Input<float>(input), channels);

    private void Compute(ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance)
    {
        var f = _factors.AsSpan<float>();
        for (int i = 0; i < channels; i++)
        {
            double a = scale[i] / Math.Sqrt((double)variance[i] + epsilon);
            f[i] = (float)a;
            f[channels + i] = (float)(bias[i] - mean[i] * a);
        }
    }
}
