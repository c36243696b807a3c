using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.MachineLearning;

public class LinearOperatorTests
{
    private const double Relative = 1e-5, Absolute = 2e-6;

    private static readonly string[] s_transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"];

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    private static AttributeProto Floats(string name, IEnumerable<float> values) => AttributeProto.Of(name, values);

    private static float[] Random(Draw draw, int count) => draw.Float(count).AsSpan<float>().ToArray();

    private static AttributeProto Labels(Draw draw, int count) => draw.Int(0, 1) == 0
        ? AttributeProto.Of("classlabels_ints", Enumerable.Range(0, count).Select(i => 10L * i - 5))
        : AttributeProto.Of("classlabels_strings", Enumerable.Range(0, count).Select(i => $"class {i}"));

    private static Tensor Features(Draw draw, int rows, int columns)
    {
        DataType type = new[] { DataType.Float32, DataType.Float64, DataType.Int64, DataType.Int32 }[draw.Int(0, 3)];
        return rows == 0 ? draw.Tensor(type, -3, 3, columns) : draw.Tensor(type, -3, 3, rows, columns);
    }

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void LinearClassifier_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int columns = draw.Int(1, 20), classes = draw.Int(1, 5);
        new OperatorCase("LinearClassifier", 1, "ai.onnx.ml").Input(Features(draw, draw.Int(0, 9), columns)).Outputs(2).With(
            Floats("coefficients", Random(draw, classes * columns)), Floats("intercepts", Random(draw, classes)), Labels(draw, Math.Max(2, classes)),
            AttributeProto.Of("post_transform", s_transforms[draw.Int(0, 3)]), AttributeProto.Of("multi_class", 1L)).EverywhereWithOnnxRuntime(Relative, Absolute);
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void LinearRegressor_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int columns = draw.Int(1, 20), targets = draw.Int(1, 4);
        var test = new OperatorCase("LinearRegressor", 1, "ai.onnx.ml").Input(draw.Float(draw.Int(1, 9), columns)).With(
            Floats("coefficients", Random(draw, targets * columns)), AttributeProto.Of("targets", (long)targets), AttributeProto.Of("post_transform", s_transforms[draw.Int(0, 3)]));
        if (draw.Int(0, 1) == 0) test.With(Floats("intercepts", Random(draw, targets)));
        test.EverywhereWithOnnxRuntime(Relative, Absolute);
    }

    [Fact]
    public void PROBIT_of_probabilities_agrees_with_ONNX_Runtime()
    {
        // One feature and coefficients of 1: the scores are the probabilities themselves.
        Tensor x = Tensor.Create<float>(new Shape(6, 1), [0.01f, 0.2f, 0.5f, 0.75f, 0.99f, 0.999f]);
        new OperatorCase("LinearRegressor", 1, "ai.onnx.ml").Input(x).With(Floats("coefficients", [1]), AttributeProto.Of("post_transform", "PROBIT")).EverywhereWithOnnxRuntime(1e-4, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void SVMClassifier_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int columns = draw.Int(1, 8), classes = draw.Int(2, 4), pairs = classes * (classes - 1) / 2;
        string kernel = new[] { "LINEAR", "POLY", "RBF", "SIGMOID" }[draw.Int(0, 3)];
        bool linear = draw.Int(0, 4) == 0, probabilities = !linear && draw.Int(0, 1) == 0;
        long[] each = linear ? [] : [.. Enumerable.Range(0, classes).Select(_ => (long)draw.Int(1, 4))];
        int vectors = (int)each.Sum();
        var test = new OperatorCase("SVMClassifier", 1, "ai.onnx.ml").Input(Features(draw, draw.Int(0, 7), columns)).Outputs(2).With(
            AttributeProto.Of("kernel_type", kernel), Floats("kernel_params", [0.2f, 0.5f, 3]), Labels(draw, classes),
            Floats("coefficients", Random(draw, linear ? classes * columns : (classes - 1) * vectors)), Floats("rho", Random(draw, pairs)),
            AttributeProto.Of("post_transform", probabilities ? "NONE" : s_transforms[draw.Int(0, 3)]));
        if (!linear) test.With(AttributeProto.Of("vectors_per_class", (IEnumerable<long>)each), Floats("support_vectors", Random(draw, vectors * columns)));
        if (probabilities) test.With(Floats("prob_a", Random(draw, pairs).Select(v => -Math.Abs(v))), Floats("prob_b", Random(draw, pairs)));
        test.EverywhereWithOnnxRuntime(2e-4, 2e-4);
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void SVMRegressor_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int columns = draw.Int(1, 8), vectors = draw.Int(0, 5);
        var test = new OperatorCase("SVMRegressor", 1, "ai.onnx.ml").Input(draw.Float(draw.Int(1, 7), columns)).With(
            AttributeProto.Of("kernel_type", new[] { "LINEAR", "POLY", "RBF", "SIGMOID" }[draw.Int(0, 3)]), Floats("kernel_params", [0.2f, 0.5f, 2]),
            AttributeProto.Of("n_supports", (long)vectors), Floats("coefficients", Random(draw, vectors == 0 ? columns : vectors)), Floats("rho", Random(draw, 1)),
            AttributeProto.Of("one_class", (long)draw.Int(0, 1)));
        if (vectors > 0) test.With(Floats("support_vectors", Random(draw, vectors * columns)));
        test.EverywhereWithOnnxRuntime(1e-4, 1e-4);
    }

    [Fact]
    public void Models_that_do_not_fit_together_are_refused()
    {
        string Refusal(string op, params AttributeProto[] attributes) =>
            new OperatorCase(op, 1, "ai.onnx.ml").Input(new Draw(1).Float(2, 3)).Outputs(op.EndsWith("Classifier", StringComparison.Ordinal) ? 2 : 1).With(attributes).Refusal();
        AttributeProto two = AttributeProto.Of("classlabels_ints", [0L, 1]);
        Assert.Contains("5 coefficients do not fit 3 features", Refusal("LinearClassifier", two, Floats("coefficients", new float[5])), StringComparison.Ordinal);
        Assert.Contains("2 class labels do not fit 3 sums", Refusal("LinearClassifier", two, Floats("coefficients", new float[9])), StringComparison.Ordinal);
        Assert.Contains("1 intercepts do not fit 2 sums", Refusal("LinearClassifier", two, Floats("coefficients", new float[6]), Floats("intercepts", [0])), StringComparison.Ordinal);
        Assert.Contains("one of classlabels_strings and classlabels_ints is needed", Refusal("LinearClassifier", Floats("coefficients", new float[6])), StringComparison.Ordinal);
        Assert.Contains("post_transform SOFTMIN is not supported", Refusal("LinearClassifier", two, Floats("coefficients", new float[6]), AttributeProto.Of("post_transform", "SOFTMIN")), StringComparison.Ordinal);
        Assert.Contains("6 coefficients do not fit 1 targets", Refusal("LinearRegressor", Floats("coefficients", new float[6])), StringComparison.Ordinal);
        Assert.Contains("vectors_per_class is out of range", Refusal("SVMClassifier", two, AttributeProto.Of("vectors_per_class", [-1L, 2])), StringComparison.Ordinal);
        Assert.Contains("do not fit 2 classes and 3 features", Refusal("SVMClassifier", two, AttributeProto.Of("vectors_per_class", [1L << 30, 1]), Floats("coefficients", [1]), Floats("rho", [0])), StringComparison.Ordinal);
        Assert.Contains("kernel_params holds 0 numbers", Refusal("SVMClassifier", two, AttributeProto.Of("kernel_type", "RBF")), StringComparison.Ordinal);
        Assert.Contains("do not fit 3 features", Refusal("SVMRegressor", AttributeProto.Of("n_supports", 2L), Floats("coefficients", [1, 2]), Floats("rho", [0]), Floats("support_vectors", new float[5])), StringComparison.Ordinal);
    }
}
