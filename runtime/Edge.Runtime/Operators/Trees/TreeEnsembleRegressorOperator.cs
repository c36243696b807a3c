using System.Numerics;
using Edge.Kernels;
using Edge.Kernels.Trees;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Trees;

/// <summary>
/// TreeEnsembleRegressor: sum, average, least or greatest of what the trees give for each target, plus base values. Computed in
/// float64 for float64 features; the result is float32.
/// </summary>
internal sealed class TreeEnsembleRegressorOperator() : Operator("TreeEnsembleRegressor", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        var x = FeatureRows.Read(c);
        int targets = Targets(c.Node);
        if (ListedTrees<float>.Computed(x.Type, c.Node) == DataType.Float64) Check<double>(c, x, targets);
        else Check<float>(c, x, targets);
        c.Output(0, DataType.Float32, new Shape(x.Rows, targets));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var computed = ListedTrees<float>.Computed(c.Type(0), c.Node);
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), computed);
        return computed == DataType.Float64 ? Of<double>(c, x) : Of<float>(c, x);
    }

    private static TreeRegressionExecutor<T, float> Of<T>(PrepareContext c, FeatureRows x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int targets = Targets(c.Node);
        var (aggregate, average) = Aggregate(c.Node);
        var trees = ListedTrees<T>.Read(c.Node, "target", targets, aggregate);
        return new TreeRegressionExecutor<T, float>(trees.Forest, x, targets, average, trees.BaseValues, new ScoreTransform(PostTransforms.Read(c.Node), c.Kernels));
    }

    private static void Check<T>(InferContext c, FeatureRows x, int targets) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PostTransforms.Read(c.Node);
        var trees = ListedTrees<T>.Read(c.Node, "target", targets, Aggregate(c.Node).Aggregate);
        if (trees.BaseValues.Length != 0 && trees.BaseValues.Length != targets) throw c.Error($"base_values holds {trees.BaseValues.Length} numbers; there are {targets} targets");
        trees.Forest.RequireColumns(c, x);
    }

    private static int Targets(Node node) => node.Attributes.Int("n_targets", 1) is > 0 and < int.MaxValue and var n ? (int)n : throw node.Error("n_targets must be positive");

    private static (TreeAggregate Aggregate, bool Average) Aggregate(Node node) => node.Attributes.String("aggregate_function", "SUM") switch
    {
        "SUM" => (TreeAggregate.Sum, false),
        "AVERAGE" => (TreeAggregate.Sum, true),
        "MIN" => (TreeAggregate.Min, false),
        "MAX" => (TreeAggregate.Max, false),
        var other => throw node.Error($"aggregate_function '{other}' is not supported; supported: SUM, AVERAGE, MIN, MAX"),
    };
}
