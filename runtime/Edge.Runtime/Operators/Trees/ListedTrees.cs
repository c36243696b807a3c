using System.Numerics;
using Edge.Kernels.Trees;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Trees;

/// <summary>
/// The attributes that TreeEnsembleClassifier and TreeEnsembleRegressor share: nodes in parallel lists, named by the number of
/// their tree and a number within it; the node of a tree that is listed first is its root.
/// </summary>
/// <param name="Forest">The trees.</param>
/// <param name="BaseValues">Added to the scores; may be empty.</param>
/// <param name="Weights">All weights of leaves.</param>
/// <param name="Targets">The target of each weight.</param>
internal sealed record ListedTrees<T>(Forest<T> Forest, T[] BaseValues, T[] Weights, long[] Targets) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <param name="node">The node.</param>
    /// <param name="kind"><c>class</c> or <c>target</c>: how the attributes of leaves begin.</param>
    /// <param name="targets">Number of classes or targets.</param>
    /// <param name="aggregate">How weights are joined.</param>
    /// <exception cref="Onnx.ModelException">The lists do not fit together, or do not describe trees.</exception>
    public static ListedTrees<T> Read(Node node, string kind, int targets, TreeAggregate aggregate)
    {
        var a = node.Attributes;
        long[] trees = a.Ints("nodes_treeids") ?? [];
        int count = trees.Length;
        long[] Longs(string name, bool optional = false) => a.Ints(name) is { } list && (list.Length == count || optional && list.Length == 0) ? list
            : optional && !a.Has(name) ? []
            : throw node.Error($"{name} does not hold one number for each of the {count} nodes");
        long[] ids = Longs("nodes_nodeids"), features = Longs("nodes_featureids"), yes = Longs("nodes_truenodeids"), no = Longs("nodes_falsenodeids");
        long[] nan = Longs("nodes_missing_value_tracks_true", optional: true);
        string[] modes = a.Strings("nodes_modes") ?? [];
        var thresholds = TreeNodes.Numbers<T>(node, "nodes_values", "nodes_values_as_tensor");
        if (modes.Length != count || thresholds.Length != count) throw node.Error($"nodes_modes and nodes_values do not hold one entry for each of the {count} nodes");
        // How often training came by; of no use here.
        a.Floats("nodes_hitrates");
        a.Tensor("nodes_hitrates_as_tensor");

        var places = new Dictionary<(long Tree, long Id), int>(count);
        int[] numbers = new int[count];
        var roots = new List<int>();
        var seen = new HashSet<long>();
        int branches = 0, leaves = 0;
        for (int i = 0; i < count; i++)
        {
            numbers[i] = modes[i] == "LEAF" ? ~leaves++ : branches++;
            if (!places.TryAdd((trees[i], ids[i]), i)) throw node.Error($"tree {trees[i]} has two nodes {ids[i]}");
            if (seen.Add(trees[i])) roots.Add(numbers[i]);
        }

        int Child(int parent, long id) => places.TryGetValue((trees[parent], id), out int child) ? numbers[child]
            : throw node.Error($"tree {trees[parent]}: node {ids[parent]} has child {id}, which does not exist");
        var nodes = new List<TreeNode<T>>(branches);
        for (int i = 0; i < count; i++)
        {
            if (numbers[i] < 0) continue;
            nodes.Add(new TreeNode<T>(Mode(node, modes[i]), features[i], thresholds[i], null, nan.Length > 0 && nan[i] == 1, Child(i, yes[i]), Child(i, no[i])));
        }

        var weights = TreeNodes.Numbers<T>(node, $"{kind}_weights", $"{kind}_weights_as_tensor");
        long[] ofTarget = a.Ints($"{kind}_ids") ?? [];
        var forest = TreeNodes.Build(node, nodes, [.. roots], Leaves(), targets, aggregate);
        return new ListedTrees<T>(forest, TreeNodes.Numbers<T>(node, "base_values", "base_values_as_tensor"), weights, ofTarget);

        TreeLeaves<T> Leaves()
        {
            long[] ofTree = a.Ints($"{kind}_treeids") ?? [], ofNode = a.Ints($"{kind}_nodeids") ?? [];
            if (ofTree.Length != weights.Length || ofNode.Length != weights.Length || ofTarget.Length != weights.Length)
                throw node.Error($"{kind}_treeids, {kind}_nodeids, {kind}_ids and {kind}_weights are not of one length");
            // The leaf of each weight; −1 for weights of branches, which are never reached.
            int[] leaf = new int[weights.Length], starts = new int[leaves + 1];
            for (int i = 0; i < leaf.Length; i++)
            {
                if (!places.TryGetValue((ofTree[i], ofNode[i]), out int place)) throw node.Error($"there is a weight for node {ofNode[i]} of tree {ofTree[i]}, which does not exist");
                if (ofTarget[i] < 0 || ofTarget[i] >= targets) throw node.Error($"{kind}_ids holds {ofTarget[i]}; there are {targets}");
                leaf[i] = numbers[place] < 0 ? ~numbers[place] : -1;
                if (leaf[i] >= 0) starts[leaf[i] + 1]++;
            }

            for (int i = 0; i < leaves; i++) starts[i + 1] += starts[i];
            int[] next = [.. starts], given = new int[starts[^1]];
            var values = new T[starts[^1]];
            for (int i = 0; i < leaf.Length; i++)
            {
                if (leaf[i] < 0) continue;
                int at = next[leaf[i]]++;
                (given[at], values[at]) = ((int)ofTarget[i], weights[i]);
            }

            return new TreeLeaves<T>(starts, given, values);
        }
    }

    /// <summary>float64 where the features or the model's numbers are, else float32.</summary>
    public static DataType Computed(DataType x, Node node) =>
        x == DataType.Float64 || node.Attributes.Tensor("nodes_values_as_tensor")?.Type == DataType.Float64 ? DataType.Float64 : DataType.Float32;

    private static TreeMode Mode(Node node, string mode) => mode switch
    {
        "BRANCH_LEQ" => TreeMode.LessOrEqual,
        "BRANCH_LT" => TreeMode.Less,
        "BRANCH_GTE" => TreeMode.GreaterOrEqual,
        "BRANCH_GT" => TreeMode.Greater,
        "BRANCH_EQ" => TreeMode.Equal,
        "BRANCH_NEQ" => TreeMode.NotEqual,
        _ => throw node.Error($"node mode '{mode}' is not supported; supported: BRANCH_LEQ, BRANCH_LT, BRANCH_GTE, BRANCH_GT, BRANCH_EQ, BRANCH_NEQ, LEAF"),
    };
}
