using Edge.Kernels.Elementwise;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Unary;

/// <summary>com.microsoft BiasGelu and FastGelu: Gelu, exact or by tanh, of x + bias; the bias is one number for each element of the last axis.</summary>
internal sealed class BiasGeluOperator(string opType, UnaryFunction function, bool requiresBias) : Operator(opType, OperatorCatalog.Microsoft, 1, OperatorCatalog.LatestOpset)
{
    private const int Bias = 1;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireRank(0, 1);
        if (requiresBias || c.Has(Bias))
        {
            c.RequireType(Bias, DataType.Float32);
            if (c.Shape(Bias) != new Shape(c.Shape(0)[^1])) throw c.Error($"bias {c.Shape(Bias)} must be [{c.Shape(0)[^1]}]");
        }

        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override bool CanOverwrite(Graph.Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        var gelu = c.Kernels.Elementwise.Unary(function, DataType.Float32)!;
        return c.Has(Bias)
            ? new BiasedUnaryExecutor(c.Kernels.Elementwise.Binary(BinaryFunction.Add, DataType.Float32)!, Broadcast.To(x, x, c.Shape(Bias)), gelu, x.Count)
            : new UnaryExecutor(gelu, x.Count, sizeof(float), sizeof(float));
    }
}

internal sealed unsafe class BiasedUnaryExecutor(BinaryKernel add, Broadcast plan, UnaryKernel kernel, int count) : Executor
{
    public override string Kernel { get; } = $"{add.Name}, {kernel.Name}";

    public override void Execute(in StepContext c)
    {
        float* y = c.Output<float>(0);
        add.Run(c.Input<float>(0), c.Input<float>(1), y, plan, c.Pool);
        kernel.Run(y, y, count, c.Pool);
    }
}
