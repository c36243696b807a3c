using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Binary;

/// <summary>An operator that folds a <see cref="BinaryFunction"/> over one or more tensors of one type, from the left.</summary>
/// <param name="opType">The name in the model.</param>
/// <param name="function">The function.</param>
/// <param name="types">Element types; null for all of the function's.</param>
/// <param name="mean">Whether the result is divided by the number of inputs.</param>
internal sealed class VariadicOperator(string opType, BinaryFunction function, DataType[]? types = null, bool mean = false)
    : Operator(opType, "", 6, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        if (c.InputCount == 0) throw c.Error("at least one input is required");
        c.RequireType(0, types ?? [.. Elementwise.Types.Where(t => Elementwise.Definition.Binary(function, t) is not null)]);
        for (int i = 1; i < c.InputCount; i++) c.RequireType(i, c.Type(0));
        c.Output(0, c.Type(0), c.BroadcastShape(0, c.InputCount));
    }

    /// <summary>Later inputs are read after the first result was written.</summary>
    public override bool CanOverwrite(Node node, int input) =>
        input < 2 && Elementwise.IsAlike(node, input) && !node.Inputs.Skip(2).Contains(node.Inputs[input]);

    public override Executor Prepare(PrepareContext c)
    {
        var type = c.Type(0);
        var y = c.OutputShape();
        int n = c.Node.Inputs.Count;
        var plans = new Broadcast[Math.Max(1, n - 1)];
        plans[0] = n == 1 ? Broadcast.To(y, c.Shape(0), c.Shape(0)) : Broadcast.To(y, c.Shape(0), c.Shape(1));
        for (int i = 1; i < plans.Length; i++) plans[i] = Broadcast.To(y, y, c.Shape(i + 1));
        var fold = c.Kernels.Elementwise.Binary(function, type)!;
        return new VariadicExecutor(fold, plans, n, (nint)y.Count * type.Size(), mean ? new Mean(c.Kernels.Elementwise, type, n, y) : null);
    }
}

/// <summary>Division by a number that is known beforehand.</summary>
internal sealed unsafe class Mean
{
    private readonly BinaryKernel _divide;
    private readonly Broadcast _plan;
    private readonly Tensor _divisor;

    public Mean(ElementwiseKernels kernels, DataType type, int n, Shape shape)
    {
        _divide = kernels.Binary(BinaryFunction.Div, type)!;
        _plan = Broadcast.To(shape, shape, Shape.Scalar);
        _divisor = type == DataType.Float32 ? Tensor.Create<float>(Shape.Scalar, [n]) : Tensor.Create<double>(Shape.Scalar, [n]);
    }

    public void Apply(byte* y, in StepContext c) => _divide.Run(y, _divisor.Data, y, _plan, c.Pool);
}

internal sealed unsafe class VariadicExecutor(BinaryKernel fold, Broadcast[] plans, int inputs, nint bytes, Mean? mean) : Executor
{
    public override string Kernel => fold.Name;

    public override void Execute(in StepContext c)
    {
        byte* y = c.Output<byte>(0);
        if (inputs == 1)
        {
            if (c.Input<byte>(0) != y) Buffer.MemoryCopy(c.Input<byte>(0), y, bytes, bytes);
            return;
        }

        fold.Run(c.Input<byte>(0), c.Input<byte>(1), y, plans[0], c.Pool);
        for (int i = 1; i < plans.Length; i++) fold.Run(y, c.Input<byte>(i + 1), y, plans[i], c.Pool);
        mean?.Apply(y, c);
    }
}
