using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.MachineLearning;

public class TreeOperatorTests
{
    private const double Relative = 1e-5, Absolute = 2e-6;

    private static readonly string[] s_modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];
    private static readonly string[] s_transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"];
    private static readonly DataType[] s_types = [DataType.Float32, DataType.Float64, DataType.Int64, DataType.Int32];

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    private static TreeCase Case(Draw draw, int features, DataType type)
    {
        string[] modes = draw.Int(0, 2) switch { 0 => s_modes, 1 => ["BRANCH_LEQ"], _ => ["BRANCH_LT"] };
        return new TreeCase(draw, features, modes, missing: type is DataType.Float32 or DataType.Float64 && draw.Int(0, 1) == 0);
    }

    private static AttributeProto Base(Draw draw, int count) => AttributeProto.Of("base_values", draw.Float(count).AsSpan<float>().ToArray());

    [Theory]
    [MemberData(nameof(Seeds), 80)]
    public void TreeEnsembleRegressor_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int features = draw.Int(1, 6), targets = draw.Int(1, 3);
        bool tensors = draw.Int(0, 3) == 0;
        DataType type = tensors ? DataType.Float64 : s_types[draw.Int(0, 1)];
        // ONNX Runtime leaves base values out where no leaf names the target of several; the definition does not.
        bool toAll = draw.Int(0, 1) == 0 || targets == 1;
        var trees = Case(draw, features, type).Grow(draw.Int(1, 8), draw.Int(0, 5), [.. Enumerable.Range(0, targets).Select(i => (long)i)], toAll, -2, 2);
        var test = new OperatorCase("TreeEnsembleRegressor", tensors ? 3 : draw.Int(0, 1) * 2 + 1, "ai.onnx.ml").Input(trees.Rows(type, draw.Int(1, 40)))
            .With(trees.Attributes("target", tensors)).With(AttributeProto.Of("n_targets", (long)targets),
                AttributeProto.Of("aggregate_function", new[] { "SUM", "AVERAGE", "MIN", "MAX" }[draw.Int(0, 3)]), AttributeProto.Of("post_transform", s_transforms[draw.Int(0, 2)]));
        if (!tensors && toAll && draw.Int(0, 1) == 0) test.With(Base(draw, targets));
        test.EverywhereWithOnnxRuntime(Relative, Absolute);
    }

    [Theory]
    [MemberData(nameof(Seeds), 160)]
    public void TreeEnsembleClassifier_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int features = draw.Int(1, 6), classes = draw.Int(2, 4);
        bool tensors = draw.Int(0, 3) == 0;
        DataType type = tensors ? DataType.Float64 : s_types[draw.Int(0, 3)];
        // Of two classes, weights may be given to one of them alone.
        bool one = classes == 2 && draw.Int(0, 2) > 0;
        long[] targets = one ? [draw.Int(0, 1)] : [.. Enumerable.Range(0, classes).Select(i => (long)i)];
        var trees = Case(draw, features, type).Grow(draw.Int(1, 8), draw.Int(1, 5), targets, one || draw.Int(0, 1) == 0, draw.Int(0, 1) == 0 ? -0.4f : 0.01f, 0.4f);
        var test = new OperatorCase("TreeEnsembleClassifier", tensors ? 3 : draw.Int(0, 1) * 2 + 1, "ai.onnx.ml").Input(trees.Rows(type, draw.Int(1, 40))).Outputs(2)
            .With(trees.Attributes("class", tensors)).With(AttributeProto.Of("post_transform", s_transforms[draw.Int(0, 2)]),
                draw.Int(0, 1) == 0
                    ? AttributeProto.Of("classlabels_int64s", Enumerable.Range(0, classes).Select(i => (long)i))
                    : AttributeProto.Of("classlabels_strings", Enumerable.Range(0, classes).Select(i => $"class {i}")));
        if (!tensors && draw.Int(0, 1) == 0) test.With(Base(draw, one && draw.Int(0, 1) == 0 ? 1 : classes));
        test.EverywhereWithOnnxRuntime(Relative, Absolute);
    }

    [Fact]
    public void Many_trees_give_the_same_bytes_for_one_row_and_many_on_one_thread_and_many()
    {
        var draw = new Draw(5);
        var trees = new TreeCase(draw, 10, ["BRANCH_LEQ"], missing: false).Grow(700, 6, [0, 1, 2], toAll: true, -1, 1);
        Tensor x = trees.Rows(DataType.Float32, 70);
        IReadOnlyList<Tensor> Run(Tensor rows, int threads) => new OperatorCase("TreeEnsembleClassifier", 3, "ai.onnx.ml").Input(rows).Outputs(2)
            .With(trees.Attributes("class")).With(AttributeProto.Of("classlabels_int64s", [5L, 6, 7])).Run(threads: threads);

        var all = Run(x, 1);
        foreach (int threads in (int[])[2, 3, 4]) Assert.True(all[1].Bytes.SequenceEqual(Run(x, threads)[1].Bytes));
        for (int row = 0; row < 70; row += 23)
        {
            Tensor alone = Tensor.Create<float>(new Shape(1, 10), x.AsSpan<float>().Slice(row * 10, 10));
            foreach (int threads in (int[])[1, 3])
            {
                var one = Run(alone, threads);
                Assert.True(all[1].AsSpan<float>().Slice(row * 3, 3).SequenceEqual(one[1].AsSpan<float>()));
                Assert.Equal(all[0].AsSpan<long>()[row], one[0].AsSpan<long>()[0]);
            }
        }
    }

    [Theory]
    [InlineData(DataType.Float32, 1)]
    [InlineData(DataType.Float32, 0)]
    [InlineData(DataType.Float64, 2)]
    [InlineData(DataType.Float64, 3)]
    public void TreeEnsemble_agrees_with_ONNX_Runtime(DataType type, int aggregate)
    {
        // ONNX Runtime cuts features to integers before it looks for them in a set; so whole ones, or none.
        Tensor whole = new Draw(3).Tensor(DataType.Int64, -2, 3, 50, 3), x = Tensor.Create(type, whole.Shape);
        for (int i = 0; i < x.Count; i++)
        {
            double v = whole.AsSpan<long>()[i] == 3 ? double.NaN : whole.AsSpan<long>()[i];
            if (type == DataType.Float32) x.AsSpan<float>()[i] = (float)v;
            else x.AsSpan<double>()[i] = v;
        }

        Ensemble(x, type, aggregate).EverywhereWithOnnxRuntime(Relative, Absolute);
    }

    /// <summary>Two trees, of five branches with every mode and of a single leaf.</summary>
    private static OperatorCase Ensemble(Tensor x, DataType type, int aggregate, params (string Name, long[] Values)[] changed)
    {
        AttributeProto Numbers(string name, params double[] values) => AttributeProto.Of(name, type == DataType.Float64
            ? OnnxGraphBuilder.Tensor<double>(name, values, values.Length)
            : OnnxGraphBuilder.Tensor<float>(name, Array.ConvertAll(values, v => (float)v), values.Length));
        AttributeProto Longs(string name, params long[] values) => AttributeProto.Of(name, (IEnumerable<long>)(changed.FirstOrDefault(c => c.Name == name).Values ?? values));
        return new OperatorCase("TreeEnsemble", 5, "ai.onnx.ml").Input(x).With(
            AttributeProto.Of("n_targets", 2L), AttributeProto.Of("aggregate_function", (long)aggregate), AttributeProto.Of("post_transform", 0L),
            Longs("tree_roots", 0, 5), Longs("nodes_featureids", 0, 1, 2, 1, 0, 0),
            AttributeProto.Of("nodes_modes", OnnxGraphBuilder.Tensor<byte>("nodes_modes", [0, 6, 4, 3, 6, 0], 6)),
            Numbers("nodes_splits", 0.5, 0, 1, -1, 0, 0),
            Longs("nodes_truenodeids", 1, 0, 1, 2, 3, 0), Longs("nodes_falsenodeids", 2, 3, 4, 4, 5, 0),
            Longs("nodes_trueleafs", 0, 1, 1, 1, 1, 1), Longs("nodes_falseleafs", 0, 0, 0, 1, 1, 1),
            Longs("nodes_missing_value_tracks_true", 1, 0, 1, 0, 0, 0),
            Longs("leaf_targetids", 0, 1, 0, 1, 0, 1), Numbers("leaf_weights", 0.1, -0.2, 0.3, 0.4, -0.5, 0.6),
            Numbers("membership_values", 1, 2, -1, double.NaN, 2, 0));
    }

    [Fact]
    public void Lists_that_are_no_trees_are_refused()
    {
        Tensor x = new Draw(1).Float(2, 3);
        string V5(string name, params long[] values) => Ensemble(x, DataType.Float32, 1, (name, values)).Refusal();
        Assert.Contains("is the child of two branches, or of itself", V5("nodes_falseleafs", 0, 0, 0, 1, 1, 0), StringComparison.Ordinal);
        Assert.Contains("branch 1 has the leaf 9 for a child, which does not exist", V5("nodes_truenodeids", 1, 9, 1, 2, 3, 0), StringComparison.Ordinal);
        Assert.Contains("the forest has the branch 6 for a child", V5("tree_roots", 0, 6), StringComparison.Ordinal);
        Assert.Contains("a branch asks for feature 3; the input [2,3] has 3", V5("nodes_featureids", 0, 3, 0, 0, 0, 0), StringComparison.Ordinal);
        Assert.Contains("asks for feature -1", V5("nodes_featureids", 0, -1, 0, 0, 0, 0), StringComparison.Ordinal);
        Assert.Contains("leaf_targetids holds 2; there are 2 targets", V5("leaf_targetids", 0, 1, 0, 1, 0, 2), StringComparison.Ordinal);
        Assert.Contains("nodes_trueleafs does not hold one number for each of the 6 branches", V5("nodes_trueleafs", 1, 1), StringComparison.Ordinal);

        string V3(long[] yes, long[] no, string[] modes, long[] weightNodes, long[] ids) => new OperatorCase("TreeEnsembleRegressor", 3, "ai.onnx.ml").Input(x).With(
            AttributeProto.Of("n_targets", 1L), AttributeProto.Of("nodes_treeids", new long[modes.Length]), AttributeProto.Of("nodes_nodeids", ids),
            AttributeProto.Of("nodes_featureids", new long[modes.Length]), AttributeProto.Of("nodes_values", new float[modes.Length]), AttributeProto.Of("nodes_modes", modes),
            AttributeProto.Of("nodes_truenodeids", yes), AttributeProto.Of("nodes_falsenodeids", no), AttributeProto.Of("target_treeids", new long[weightNodes.Length]),
            AttributeProto.Of("target_nodeids", weightNodes), AttributeProto.Of("target_ids", new long[weightNodes.Length]), AttributeProto.Of("target_weights", new float[weightNodes.Length])).Refusal();
        Assert.Contains("or of itself: the model holds no trees", V3([0, 0, 0], [1, 0, 0], ["BRANCH_LT", "LEAF", "LEAF"], [1], [0, 1, 2]), StringComparison.Ordinal);
        Assert.Contains("node 0 has child 7, which does not exist", V3([7, 0, 0], [1, 0, 0], ["BRANCH_LT", "LEAF", "LEAF"], [1], [0, 1, 2]), StringComparison.Ordinal);
        Assert.Contains("tree 0 has two nodes 1", V3([1, 0, 0], [2, 0, 0], ["BRANCH_LT", "LEAF", "LEAF"], [1], [0, 1, 1]), StringComparison.Ordinal);
        Assert.Contains("a weight for node 5 of tree 0, which does not exist", V3([1, 0, 0], [2, 0, 0], ["BRANCH_LT", "LEAF", "LEAF"], [5], [0, 1, 2]), StringComparison.Ordinal);
        Assert.Contains("node mode 'BRANCH_XOR' is not supported", V3([1, 0, 0], [2, 0, 0], ["BRANCH_XOR", "LEAF", "LEAF"], [1], [0, 1, 2]), StringComparison.Ordinal);
    }
}
