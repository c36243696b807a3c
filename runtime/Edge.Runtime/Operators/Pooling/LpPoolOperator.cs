using Edge.Kernels.Elementwise;
using Edge.Kernels.Pooling;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>LpPool and GlobalLpPool of float32: <c>(Σ |x|ᵖ)^(1/p)</c>, padding being 0.</summary>
internal sealed class LpPoolOperator(string opType, bool global) : Operator(opType, "", 2, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        if (Power(c.Node) < 1) throw c.Error($"p {Power(c.Node)} is not supported; supported: 1 and more");
        c.Output(0, DataType.Float32, PoolAttributes.OutputShape(c.Node, c.Shape(0), Geometry(c.Node, c.Shape(0))));
    }

    public override Executor Prepare(PrepareContext c) =>
        new LpPoolExecutor(c.Kernels.Elementwise, c.Kernels.Pooling.Float(PoolFunction.Sum, Geometry(c.Node, c.Shape(0))), Power(c.Node), c.Shape(0), c.OutputShape(), Geometry(c.Node, c.Shape(0)));

    private static long Power(Node node) => node.Attributes.Int("p", 2);

    private PoolGeometry Geometry(Node node, Shape x) => global ? PoolAttributes.Global(node, x) : PoolAttributes.Read(node, x);
}

/// <summary>Powers of all elements in scratch, sums of windows, roots.</summary>
internal sealed unsafe class LpPoolExecutor(ElementwiseKernels kernels, PoolKernel sum, long p, Shape x, Shape y, in PoolGeometry geometry) : Executor
{
    private readonly UnaryKernel _abs = kernels.Unary(UnaryFunction.Abs, DataType.Float32)!;
    private readonly UnaryKernel _sqrt = kernels.Unary(UnaryFunction.Sqrt, DataType.Float32)!;
    private readonly BinaryKernel _pow = kernels.Binary(BinaryFunction.Pow, DataType.Float32)!;
    private readonly Broadcast _overInput = Broadcast.To(x, x, Shape.Scalar);
    private readonly Broadcast _overOutput = Broadcast.To(y, y, Shape.Scalar);

    public override string Kernel => $"{_pow.Name}, {sum.Name}";

    public override long Work { get; } = (long)geometry.Work;

    public override nint ScratchBytes => (nint)x.Count * sizeof(float);

    public override void Execute(in StepContext c)
    {
        float* powers = (float*)c.Scratch, result = c.Output<float>(0);
        float exponent = p, root = 1f / p;
        _abs.Run(c.Input<float>(0), powers, x.Count, c.Pool);
        if (p != 1) _pow.Run(powers, &exponent, powers, _overInput, c.Pool);
        sum.Run(powers, result, c.Pool);
        if (p == 2) _sqrt.Run(result, result, y.Count, c.Pool);
        else if (p != 1) _pow.Run(result, &root, result, _overOutput, c.Pool);
    }
}
