using System.Numerics;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Reduction;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>LpNormalization: x divided by its L1 or L2 norm along an axis; where the norm is 0, so is the result.</summary>
internal sealed class LpNormalizationOperator() : Operator("LpNormalization", "", 1, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 1);
        c.Node.Axis(c.Attributes.Int("axis", -1), c.Shape(0).Rank);
        long p = c.Attributes.Int("p", 2);
        if (p is not (1 or 2)) throw c.Error($"p {p} is not supported; supported: 1, 2");
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = c.Node.Axis(c.Attributes.Int("axis", -1), x.Rank);
        var norms = new Shape([.. Enumerable.Range(0, x.Rank).Select(a => a == axis ? 1 : x[a])]);
        var function = c.Attributes.Int("p", 2) == 1 ? ReduceFunction.L1 : ReduceFunction.L2;
        var reduce = c.Kernels.Reduction.Reduce(function, c.Type(0), x, [axis])!;
        var divide = c.Kernels.Elementwise.Binary(BinaryFunction.Div, c.Type(0))!;
        return new LpNormalizationExecutor(reduce, divide, Broadcast.To(x, x, norms), norms.Count, c.Type(0));
    }
}

internal sealed unsafe class LpNormalizationExecutor(ReduceKernel reduce, BinaryKernel divide, Broadcast plan, int norms, DataType type) : Executor
{
    public override string Kernel { get; } = $"{reduce.Name}, {divide.Name}";

    public override nint ScratchBytes => Scratch.Align((nint)norms * type.Size());

    public override void Execute(in StepContext c)
    {
        reduce.Run(c.Input<byte>(0), c.Scratch, c.Pool);
        if (type == DataType.Float32) ZerosToOnes((float*)c.Scratch);
        else ZerosToOnes((double*)c.Scratch);
        divide.Run(c.Input<byte>(0), c.Scratch, c.Output<byte>(0), plan, c.Pool);
    }

    /// <summary>A norm is 0 where every element is: then 1 gives the result.</summary>
    private void ZerosToOnes<T>(T* values) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < norms; i++)
            if (values[i] == T.Zero) values[i] = T.One;
    }
}
