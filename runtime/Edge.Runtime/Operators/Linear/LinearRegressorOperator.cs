using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Linear;

/// <summary>LinearRegressor: a weighted sum of the features for each target, plus intercepts, transformed.</summary>
internal sealed class LinearRegressorOperator() : Operator("LinearRegressor", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        var x = FeatureRows.Read(c);
        var (weights, bias, targets) = Read(c.Node);
        PostTransforms.Read(c.Node);
        if (x.Columns == 0 || weights.Length != (long)targets * x.Columns) throw c.Error($"{weights.Length} coefficients do not fit {targets} targets and {x.Columns} features");
        if (bias.Length != 0 && bias.Length != targets) throw c.Error($"{bias.Length} intercepts do not fit {targets} targets");
        c.Output(0, DataType.Float32, new Shape(x.Rows, targets));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), DataType.Float32);
        var (weights, bias, targets) = Read(c.Node);
        return new LinearRegressorExecutor(x, targets, new DenseRows(c.Kernels, x, weights, bias), new ScoreTransform(PostTransforms.Read(c.Node), c.Kernels));
    }

    private static (float[] Weights, float[] Bias, int Targets) Read(Node node)
    {
        long targets = node.Attributes.Int("targets", 1);
        if (targets is < 1 or > int.MaxValue) throw node.Error($"{targets} targets are not supported");
        return (node.Attributes.Floats("coefficients") ?? [], node.Attributes.Floats("intercepts") ?? [], (int)targets);
    }
}

internal sealed unsafe class LinearRegressorExecutor(FeatureRows x, int targets, DenseRows product, ScoreTransform transform) : Executor
{
    public override string Kernel => product.KernelName;

    public override nint ScratchBytes => product.ScratchBytes;

    public override nint PackedBytes => product.PackedBytes;

    public override long Macs => product.Macs;

    public override void Execute(in StepContext c)
    {
        float* y = c.Output<float>(0);
        product.Run(c.Input<byte>(0), y, c.Scratch, c.Pool);
        transform.Apply(y, x.Rows, targets, c.Pool);
    }

    public override void Dispose()
    {
        product.Dispose();
        base.Dispose();
    }
}
