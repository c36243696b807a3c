using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Gather;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>ArrayFeatureExtractor: columns of the last axis by their indices; a vector counts as one row.</summary>
internal sealed class ArrayFeatureExtractorOperator() : Operator("ArrayFeatureExtractor", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Int64, DataType.Int32, DataType.String);
        c.RequireType(1, DataType.Int64);
        c.RequireRank(0, 1);
        var x = c.Shape(0);
        c.Output(0, c.Type(0), x.Rank == 1 ? new Shape(1, c.Shape(1).Count) : new Shape([.. x.Dims[..^1], c.Shape(1).Count]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        var rows = new GatherRows(x.Product(0, x.Rank - 1), x[^1], c.Type(0).Size(), c.Shape(1).Count);
        return new GatherExecutor(c.Node.Path, rows, x[^1], wide: true);
    }
}
