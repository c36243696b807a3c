using System.Numerics;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.RandomNumbers;

/// <summary>
/// RandomUniform, RandomNormal and their forms with the shape of an input. Every run draws the same numbers:
/// <see cref="RandomStream"/>.
/// </summary>
internal sealed class RandomFillOperator(string opType, bool normal, bool like) : Operator(opType, "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Computes;

    public override DataType ResultType(Node node, int output) => ReadType(node);

    public override void Infer(InferContext c)
    {
        ReadBounds(c.Node);
        RandomStream.Of(c.Node);
        var type = ReadType(c.Node);
        if (type is not (DataType.Float32 or DataType.Float64 or DataType.Float16 or DataType.BFloat16))
            throw c.Error($"dtype {type.OnnxName()} is not supported; supported: float, double, float16, bfloat16");
        if (!like && c.Attributes.Ints("shape") is null) throw c.Error("attribute 'shape' is required and missing");
        c.Output(0, type == DataType.Float64 ? type : DataType.Float32,
            like ? c.Shape(0) : new Shape(Array.ConvertAll(c.Attributes.Ints("shape")!, d => checked((int)d))));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (a, b) = ReadBounds(c.Node);
        return c.OutputType() == DataType.Float64
            ? new RandomFillExecutor<double>(RandomStream.Of(c.Node), normal, a, b, c.OutputShape().Count)
            : new RandomFillExecutor<float>(RandomStream.Of(c.Node), normal, a, b, c.OutputShape().Count);
    }

    private DataType ReadType(Node node) =>
        (DataType)node.Attributes.Int("dtype", like && node.Input(0) is { } x ? (long)x.Type : (long)DataType.Float32);

    /// <summary>Low and high, or mean and standard deviation.</summary>
    private (float A, float B) ReadBounds(Node node) => normal
        ? (node.Attributes.Float("mean", 0), node.Attributes.Float("scale", 1))
        : (node.Attributes.Float("low", 0), node.Attributes.Float("high", 1));
}

internal sealed unsafe class RandomFillExecutor<T>(RandomStream random, bool normal, double a, double b, int count) : Executor
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public override string Kernel => normal ? "random_normal" : "random_uniform";

    public override void Execute(in StepContext c)
    {
        T* y = c.Output<T>(0);
        for (int i = 0; i < count; i++)
            y[i] = T.CreateTruncating(normal ? a + b * random.Normal(i) : a + (b - a) * random.Uniform(i));
    }
}
