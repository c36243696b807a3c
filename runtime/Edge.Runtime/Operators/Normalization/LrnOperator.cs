using Edge.Kernels.Normalization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>LRN: <c>x / (bias + alpha / size · Σ x²)^beta</c>, the sum over <c>size</c> channels around an element's own.</summary>
internal sealed class LrnOperator() : Operator("LRN", "", 1, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireRank(0, 2);
        long size = c.Attributes.Int("size");
        if (size is < 1 or > int.MaxValue) throw c.Error($"size {size} is not supported; supported: 1 or more");
        c.Attributes.Float("alpha", 1e-4f);
        c.Attributes.Float("beta", 0.75f);
        c.Attributes.Float("bias", 1);
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        int size = (int)c.Attributes.Int("size");
        return new LrnExecutor(c.Kernels.Normalization.LocalResponse, c.Shape(0), size,
            c.Attributes.Float("alpha", 1e-4f), c.Attributes.Float("beta", 0.75f), c.Attributes.Float("bias", 1));
    }
}

internal sealed unsafe class LrnExecutor(LocalResponse kernel, Shape x, int size, float alpha, float beta, float bias) : Executor
{
    public override string Kernel => kernel.Name;

    public override long Work => (long)x.Count * Math.Min(size, x[1]);

    public override void Execute(in StepContext c) => kernel.Run(
        c.Input<float>(0), c.Output<float>(0), x[0], x[1], x.Product(2, x.Rank), (size - 1) / 2, size / 2, alpha / size, beta, bias, c.Pool);
}
