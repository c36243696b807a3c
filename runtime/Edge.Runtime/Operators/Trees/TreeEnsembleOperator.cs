using System.Numerics;
using Edge.Kernels.Trees;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Trees;

/// <summary>
/// TreeEnsemble (ai.onnx.ml 5): trees as lists of branches and of leaves, each with one weight, by index. Features, numbers and
/// result are of one type, float or double.
/// </summary>
internal sealed class TreeEnsembleOperator() : Operator("TreeEnsemble", OperatorCatalog.MachineLearning, 5, OperatorCatalog.LatestMachineLearning)
{
    private const int Members = 6;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        var x = FeatureRows.Read(c);
        PostTransforms.Read(c.Node, number: true);
        if (x.Type == DataType.Float64) ReadForest<double>(c.Node).RequireColumns(c, x);
        else ReadForest<float>(c.Node).RequireColumns(c, x);
        c.Output(0, x.Type, new Shape(x.Rows, Targets(c.Node)));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), c.Type(0));
        return x.Type == DataType.Float64 ? Of<double>(c, x) : Of<float>(c, x);
    }

    private static TreeRegressionExecutor<T, T> Of<T>(PrepareContext c, FeatureRows x) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(ReadForest<T>(c.Node), x, Targets(c.Node), Aggregate(c.Node).Average, [], new ScoreTransform(PostTransforms.Read(c.Node, number: true), c.Kernels));

    private static int Targets(Node node) => node.Attributes.Int("n_targets", 0) is > 0 and < int.MaxValue and var n ? (int)n : throw node.Error("n_targets must be positive");

    private static (TreeAggregate Aggregate, bool Average) Aggregate(Node node) => node.Attributes.Int("aggregate_function", 1) switch
    {
        0 => (TreeAggregate.Sum, true),
        1 => (TreeAggregate.Sum, false),
        2 => (TreeAggregate.Min, false),
        3 => (TreeAggregate.Max, false),
        var other => throw node.Error($"aggregate_function {other} is not supported; supported: 0 (average), 1 (sum), 2 (min), 3 (max)"),
    };

    private static Forest<T> ReadForest<T>(Node node) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var a = node.Attributes;
        long[] features = a.Ints("nodes_featureids") ?? [];
        int count = features.Length;
        long[] Longs(string name) => a.Ints(name) is { } list && list.Length == count ? list : throw node.Error($"{name} does not hold one number for each of the {count} branches");
        long[] yes = Longs("nodes_truenodeids"), no = Longs("nodes_falsenodeids"), yesIsLeaf = Longs("nodes_trueleafs"), noIsLeaf = Longs("nodes_falseleafs");
        long[]? nan = a.Ints("nodes_missing_value_tracks_true") is { Length: > 0 } ? Longs("nodes_missing_value_tracks_true") : null;
        if (a.Tensor("nodes_modes") is not { Type: DataType.UInt8 } modes || modes.Count != count) throw node.Error($"nodes_modes does not hold one uint8 for each of the {count} branches");
        var thresholds = TreeNodes.Numbers<T>(node, "", "nodes_splits");
        if (thresholds.Length != count) throw node.Error($"nodes_splits does not hold one number for each of the {count} branches");
        a.Tensor("nodes_hitrates");
        long[] targets = a.Ints("leaf_targetids") ?? [];
        var weights = TreeNodes.Numbers<T>(node, "", "leaf_weights");
        if (weights.Length != targets.Length) throw node.Error($"there are {weights.Length} leaf_weights and {targets.Length} leaf_targetids");
        int n = Targets(node);
        foreach (long target in targets)
            if (target < 0 || target >= n) throw node.Error($"leaf_targetids holds {target}; there are {n} targets");

        int Child(long child, bool leaf, string from) => child >= 0 && child < (leaf ? weights.Length : count) ? leaf ? ~(int)child : (int)child
            : throw node.Error($"{from} has the {(leaf ? "leaf" : "branch")} {child} for a child, which does not exist");
        var sets = new Sets<T>(node, TreeNodes.Numbers<T>(node, "", "membership_values"));
        var nodes = new TreeNode<T>[count];
        for (int i = 0; i < count; i++)
        {
            int mode = modes.AsSpan<byte>()[i];
            if (mode > Members) throw node.Error($"node mode {mode} is not supported; supported: 0 to {Members}");
            nodes[i] = new TreeNode<T>(mode == Members ? TreeMode.Equal : (TreeMode)mode, features[i], thresholds[i], mode == Members ? sets.Next() : null,
                nan?[i] == 1, Child(yes[i], yesIsLeaf[i] != 0, $"branch {i}"), Child(no[i], noIsLeaf[i] != 0, $"branch {i}"));
        }

        int[] roots = Array.ConvertAll(a.Ints("tree_roots") ?? [], r => Child(r, leaf: false, "the forest"));
        int[] starts = [.. Enumerable.Range(0, weights.Length + 1)];
        return TreeNodes.Build(node, nodes, roots, new TreeLeaves<T>(starts, Array.ConvertAll(targets, t => (int)t), weights), n, Aggregate(node).Aggregate);
    }

    /// <summary>The sets of the member branches, in their order, with NaN between them.</summary>
    private struct Sets<T>(Node node, T[] values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private int _at;

        public T[] Next()
        {
            if (_at > values.Length) throw node.Error("membership_values holds fewer sets than there are branches that ask for one");
            int end = Array.FindIndex(values, _at, T.IsNaN);
            var set = end < 0 ? values[_at..] : values[_at..end];
            _at = (end < 0 ? values.Length : end) + 1;
            return set;
        }
    }
}
