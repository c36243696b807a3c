using System.Numerics;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>Binarizer: 1 where an element is greater than the threshold, else 0.</summary>
internal sealed class BinarizerOperator() : Operator("Binarizer", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, FeatureRows.Types);
        c.Attributes.Float("threshold", 0);
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        float threshold = c.Attributes.Float("threshold", 0);
        int count = c.Shape(0).Count;
        return c.Type(0) switch
        {
            DataType.Float32 => new BinarizerExecutor<float>(threshold, count),
            DataType.Float64 => new BinarizerExecutor<double>(threshold, count),
            DataType.Int64 => new BinarizerExecutor<long>(threshold, count),
            _ => new BinarizerExecutor<int>(threshold, count),
        };
    }
}

internal sealed unsafe class BinarizerExecutor<T>(float threshold, int count) : Executor
    where T : unmanaged, INumber<T>
{
    public override string Kernel { get; } = $"binarizer_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override void Execute(in StepContext c)
    {
        T* x = c.Input<T>(0), y = c.Output<T>(0);
        for (int i = 0; i < count; i++) y[i] = double.CreateTruncating(x[i]) > threshold ? T.One : T.Zero;
    }
}
