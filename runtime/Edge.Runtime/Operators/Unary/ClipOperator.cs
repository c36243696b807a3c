using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Unary;

/// <summary>Clip: bounds are attributes up to opset 10 and optional scalar inputs from 11 on.</summary>
internal sealed class ClipOperator() : Operator("Clip", "", 6, OperatorCatalog.LatestOpset)
{
    private const int BoundsAreInputs = 11;

    private static readonly DataType[] s_types = [.. Elementwise.Types.Where(t => t != DataType.Bool && Elementwise.Definition.Binary(BinaryFunction.Max, t) is not null)];

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, s_types);
        if (c.Opset < BoundsAreInputs)
        {
            c.RequireType(0, DataType.Float32, DataType.Float64);
            Attributes(c.Node);
        }

        for (int i = 1; i < c.InputCount; i++)
        {
            if (!c.Has(i)) continue;
            c.RequireType(i, c.Type(0));
            if (c.Shape(i).Count != 1) throw c.Error($"bound {i} has shape {c.Shape(i)}; a bound is one number");
        }

        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        int count = c.OutputShape().Count;
        if (c.Node.Opset < BoundsAreInputs)
        {
            var (low, high) = Attributes(c.Node);
            return new UnaryExecutor(c.Kernels.Elementwise.Unary(UnaryFunction.Clip, c.Type(0), low, high)!, count, c.Type(0).Size(), c.Type(0).Size());
        }

        bool known = (!c.Has(1) || c.Constant(1) is not null) && (!c.Has(2) || c.Constant(2) is not null);
        if (known && c.Type(0) == DataType.Float32)
        {
            float low = c.Constant(1)?.AsSpan<float>()[0] ?? float.NegativeInfinity, high = c.Constant(2)?.AsSpan<float>()[0] ?? float.PositiveInfinity;
            return new UnaryExecutor(c.Kernels.Elementwise.Unary(UnaryFunction.Clip, DataType.Float32, low, high)!, count, sizeof(float), sizeof(float));
        }

        var plan = Broadcast.To(c.OutputShape(), c.OutputShape(), Shape.Scalar);
        var low2 = c.Has(1) ? c.Kernels.Elementwise.Binary(BinaryFunction.Max, c.Type(0)) : null;
        var high2 = c.Has(2) ? c.Kernels.Elementwise.Binary(BinaryFunction.Min, c.Type(0)) : null;
        return new ClipExecutor(low2, high2, plan, (nint)count * c.Type(0).Size());
    }

    private static (float Low, float High) Attributes(Node node) =>
        (node.Attributes.Float("min", float.MinValue), node.Attributes.Float("max", float.MaxValue));
}

/// <summary>Bounds that a run brings, or that are not float32: first the lower, then the upper one.</summary>
/// <param name="low">Maximum with the lower bound; null if there is none.</param>
/// <param name="high">Minimum with the upper bound; null if there is none.</param>
/// <param name="plan">The input and one number.</param>
/// <param name="bytes">Length of the output.</param>
internal sealed unsafe class ClipExecutor(BinaryKernel? low, BinaryKernel? high, Broadcast plan, nint bytes) : Executor
{
    public override string Kernel => low is null ? high?.Name ?? "copy" : high is null ? low.Name : $"{low.Name}, {high.Name}";

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(0), y = c.Output<byte>(0);
        if (low is null && high is null && x != y) Buffer.MemoryCopy(x, y, bytes, bytes);
        low?.Run(x, c.Input<byte>(1), y, plan, c.Pool);
        high?.Run(low is null ? x : y, c.Input<byte>(2), y, plan, c.Pool);
    }
}
