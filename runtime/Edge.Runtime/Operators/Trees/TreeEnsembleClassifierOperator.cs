using System.Numerics;
using Edge.Kernels.Trees;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Trees;

/// <summary>
/// TreeEnsembleClassifier: the class with the greatest sum of weights, and the transformed sums. With two classes, models may
/// give one score alone; what becomes of it is ONNX Runtime's rule, see <see cref="TreeDecision{T}"/>.
/// </summary>
internal sealed class TreeEnsembleClassifierOperator() : Operator("TreeEnsembleClassifier", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        var x = FeatureRows.Read(c);
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_int64s");
        if (labels.Count < 2) throw c.Error("one class is not supported; supported: two or more");
        if (ListedTrees<float>.Computed(x.Type, c.Node) == DataType.Float64) Check<double>(c, x, labels);
        else Check<float>(c, x, labels);
        c.Output(0, labels.Type, new Shape(x.Rows));
        c.Output(1, DataType.Float32, new Shape(x.Rows, labels.Count));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_int64s");
        var computed = ListedTrees<float>.Computed(c.Type(0), c.Node);
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), computed);
        return computed == DataType.Float64 ? Of<double>(c, x, labels) : Of<float>(c, x, labels);
    }

    private static TreeClassificationExecutor<T> Of<T>(PrepareContext c, FeatureRows x, ClassLabels labels) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var trees = ListedTrees<T>.Read(c.Node, "class", labels.Count, TreeAggregate.Sum);
        return new TreeClassificationExecutor<T>(trees, x, labels, new ScoreTransform(PostTransforms.Read(c.Node), c.Kernels), c.Wants(0), c.Wants(1));
    }

    private static void Check<T>(InferContext c, FeatureRows x, ClassLabels labels) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var trees = ListedTrees<T>.Read(c.Node, "class", labels.Count, TreeAggregate.Sum);
        int bases = trees.BaseValues.Length;
        if (bases != 0 && bases != labels.Count && (labels.Count != 2 || bases != 1)) throw c.Error($"base_values holds {bases} numbers; there are {labels.Count} classes");
        if (PostTransforms.Read(c.Node) == PostTransform.Probit && labels.Count == 2 && bases != 2)
            throw c.Error("post_transform PROBIT of two classes without two base_values is not supported: the score of the other class is not defined");
        trees.Forest.RequireColumns(c, x);
    }
}
