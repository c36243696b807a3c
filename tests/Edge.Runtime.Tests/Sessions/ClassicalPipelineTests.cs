using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Runtime.Tests.Operators;
using Edge.Runtime.Tests.Operators.MachineLearning;
using Edge.Tensors;
using Edge.Testing;
using NamedOnnxValue = Microsoft.ML.OnnxRuntime.NamedOnnxValue;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>Whole pipelines as exporters write them, from columns of a table to labels and the maps of a ZipMap.</summary>
[Collection("alone")]
public class ClassicalPipelineTests
{
    private const string Ml = "ai.onnx.ml";
    private const double Tolerance = 2e-5;

    private static readonly string[] s_colours = ["blau", "grün", "rot"];

    private static AttributeProto Floats(string name, IEnumerable<float> values) => AttributeProto.Of(name, values);

    private static AttributeProto Texts(string name, params string[] values) => AttributeProto.Of(name, (IEnumerable<string>)values);

    private static float[] Random(int seed, int count) => EngineComparison.Random(seed, count).AsSpan<float>().ToArray();

    /// <summary>StandardScaler and LogisticRegression of three classes.</summary>
    private static OnnxGraphBuilder Logistic() => new OnnxGraphBuilder().Opset(Ml, 1).Input("x", DataType.Float32, "N", 4)
        .Node(Ml, "Scaler", ["x"], ["scaled"], Floats("offset", [1, 2, 3, 4]), Floats("scale", [0.5f, 2, 1, 0.1f]))
        .Node(Ml, "LinearClassifier", ["scaled"], ["label", "raw"], Floats("coefficients", Random(1, 12)), Floats("intercepts", Random(2, 3)),
            AttributeProto.Of("classlabels_ints", [3L, 1, 2]), AttributeProto.Of("multi_class", 1L), AttributeProto.Of("post_transform", "LOGISTIC"))
        .Node(Ml, "Normalizer", ["raw"], ["scores"], AttributeProto.Of("norm", "L1"))
        .Node(Ml, "ZipMap", ["scores"], ["maps"], AttributeProto.Of("classlabels_int64s", [3L, 1, 2]))
        .Output("label", DataType.Int64, "N").MapsOutput("maps", DataType.Int64);

    /// <summary>A column of strings and two of numbers with gaps, for a forest whose classes are strings.</summary>
    private static OnnxGraphBuilder Forest()
    {
        var trees = new TreeCase(new Draw(4), 5, ["BRANCH_LEQ"], missing: false).Grow(10, 4, [0, 1, 2], toAll: true, 0, 0.1f);
        return new OnnxGraphBuilder().Opset(Ml, 3).Input("colour", DataType.String, "N", 1).Input("sizes", DataType.Float32, "N", 2)
            .Node(Ml, "OneHotEncoder", ["colour"], ["hot"], Texts("cats_strings", s_colours), AttributeProto.Of("zeros", 1L))
            .Initializer("flat", new long[] { -1, 3 })
            .Node("Reshape", ["hot", "flat"], ["columns"])
            .Node(Ml, "Imputer", ["sizes"], ["whole"], Floats("imputed_value_floats", [0.5f, -0.5f]), AttributeProto.Of("replaced_value_float", float.NaN))
            .Node("Concat", ["columns", "whole"], ["features"], AttributeProto.Of("axis", 1L))
            .Node(Ml, "TreeEnsembleClassifier", ["features"], ["label", "scores"],
                [.. trees.Attributes("class"), Texts("classlabels_strings", "gut", "schlecht", "weiß nicht"), AttributeProto.Of("post_transform", "NONE")])
            .Node(Ml, "ZipMap", ["scores"], ["maps"], Texts("classlabels_strings", "gut", "schlecht", "weiß nicht"))
            .Output("label", DataType.String, "N").MapsOutput("maps", DataType.String);
    }

    /// <summary>SVC with an RBF kernel and probabilities.</summary>
    private static OnnxGraphBuilder Svc() => new OnnxGraphBuilder().Opset(Ml, 1).Input("x", DataType.Float64, "N", 3)
        .Node(Ml, "SVMClassifier", ["x"], ["label", "scores"], AttributeProto.Of("kernel_type", "RBF"), Floats("kernel_params", [0.3f, 0, 3]),
            AttributeProto.Of("vectors_per_class", [4L, 3]), Floats("support_vectors", Random(3, 21)), Floats("coefficients", Random(4, 7)), Floats("rho", [0.1f]),
            Floats("prob_a", [-1.5f]), Floats("prob_b", [0.2f]), Texts("classlabels_strings", "nein", "ja"))
        .Node(Ml, "ZipMap", ["scores"], ["maps"], Texts("classlabels_strings", "nein", "ja"))
        .Output("label", DataType.String, "N").MapsOutput("maps", DataType.String);

    /// <summary>LightGBM of two classes: one score a tree, logistic; its integer features are cast.</summary>
    private static OnnxGraphBuilder Boosted()
    {
        var trees = new TreeCase(new Draw(6), 4, ["BRANCH_LEQ"], missing: true).Grow(30, 5, [0], toAll: true, -0.3f, 0.3f);
        return new OnnxGraphBuilder().Opset(Ml, 3).Input("x", DataType.Int64, "N", 4)
            .Node("Cast", ["x"], ["features"], AttributeProto.Of("to", 1L))
            .Node(Ml, "TreeEnsembleClassifier", ["features"], ["class", "scores"],
                [.. trees.Attributes("class"), AttributeProto.Of("classlabels_int64s", [0L, 1]), AttributeProto.Of("post_transform", "LOGISTIC")])
            .Node(Ml, "LabelEncoder", ["class"], ["label"], AttributeProto.Of("keys_int64s", [0L, 1]), Texts("values_strings", "ohne", "mit"))
            .Node(Ml, "ZipMap", ["scores"], ["maps"], Texts("classlabels_strings", "ohne", "mit"))
            .Output("label", DataType.String, "N").MapsOutput("maps", DataType.String);
    }

    private static Tensor Colours(int rows) => Tensor.FromStrings(new Shape(rows, 1), [.. Enumerable.Range(0, rows).Select(i => i % 5 == 4 ? "violett" : s_colours[i % 3])]);

    private static Tensor Gaps(int rows)
    {
        Tensor x = EngineComparison.Random(9, rows, 2);
        for (int i = 0; i < x.Count; i += 3) x.AsSpan<float>()[i] = float.NaN;
        return x;
    }

    private static (string Name, OnnxGraphBuilder Model, Tensor[] Inputs, string[] Columns)[] Pipelines(int rows) =>
    [
        ("logistic", Logistic(), [EngineComparison.Random(5, rows, 4)], ["3", "1", "2"]),
        ("forest", Forest(), [Colours(rows), Gaps(rows)], ["gut", "schlecht", "weiß nicht"]),
        ("svc", Svc(), [new Draw(7).Tensor(DataType.Float64, -2, 2, rows, 3)], ["nein", "ja"]),
        ("boosted", Boosted(), [new Draw(8).Tensor(DataType.Int64, -4, 4, rows, 4)], ["ohne", "mit"]),
    ];

    public static TheoryData<int> Rows => [1, 23];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Pipelines_agree_with_ONNX_Runtime(int rows)
    {
        foreach (var (_, model, inputs, columns) in Pipelines(rows))
        {
            EngineComparison.AssertAgrees(model.Build(), inputs, Tolerance);
            using var session = new InferenceSession(Model.Load(model.ToBytes(), "pipeline"));
            Assert.Equal(columns, session.Outputs[1].Columns!);
            Assert.Equal($"maps: float[?,{columns.Length}]", session.Outputs[1].ToString());
            Assert.Null(session.Outputs[0].Columns);
            using var theirs = OnnxRuntimeSession.Load(model.ToBytes(), "pipeline");
            Assert.Equal(columns, theirs.Outputs[1].Columns!);
        }
    }

    [Fact]
    public void Scores_and_columns_hold_what_the_maps_of_ONNX_Runtime_hold()
    {
        const int Rows = 9;
        foreach (var (name, model, inputs, columns) in Pipelines(Rows))
        {
            using var session = new InferenceSession(Model.Load(model.ToBytes(), name));
            Tensor scores = session.Run(inputs)[1];
            using var theirs = new Microsoft.ML.OnnxRuntime.InferenceSession(model.ToBytes());
            string[] names = [.. theirs.InputMetadata.Keys];
            using var results = theirs.Run([.. inputs.Select((t, i) => Value(names[i], t))]);
            var maps = results.Single(r => r.Name == "maps").AsEnumerable<NamedOnnxValue>().ToArray();
            Assert.Equal(Rows, maps.Length);
            for (int row = 0; row < Rows; row++)
            {
                var map = model.Build().Graph!.Outputs[1].Type!.Sequence!.ElemType!.Map!.KeyType == (int)DataType.String
                    ? maps[row].AsDictionary<string, float>().ToDictionary()
                    : maps[row].AsDictionary<long, float>().ToDictionary(p => p.Key.ToString(), p => p.Value);
                Assert.Equal(columns.Length, map.Count);
                for (int c = 0; c < columns.Length; c++) Assert.Equal(map[columns[c]], scores.AsSpan<float>()[row * columns.Length + c], Tolerance);
            }
        }
    }

    [Fact]
    public void Runs_allocate_nothing_after_warming_up()
    {
        foreach (var (name, model, inputs, _) in Pipelines(40))
        {
            foreach (int threads in (int[])[1, 2])
            {
                using var session = new InferenceSession(Model.FromProto(model.Build(), name), new SessionOptions { Threads = threads });
                long bytes = AllocationTests.Allocated(() => session.Run(inputs));
                Assert.True(bytes == 0, $"{name} on {threads} threads: {bytes} bytes");
            }
        }
    }

    [Fact]
    public void A_ZipMap_whose_maps_are_used_in_the_graph_is_refused()
    {
        var builder = Logistic().Node("Identity", ["maps"], ["again"]);
        Assert.Contains("reads 'maps', the maps of a ZipMap; a ZipMap is supported at the end of a model only",
            Assert.Throws<ModelException>(() => Model.FromProto(builder.Build(), "zipmap")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_that_no_ZipMap_writes_are_refused()
    {
        var builder = new OnnxGraphBuilder().Input("x", DataType.Float32, 2).Node("Relu", ["x"], ["y"]).MapsOutput("y", DataType.Int64);
        Assert.Contains("'y' is not a tensor", Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(builder.Build(), "maps"))).Message, StringComparison.Ordinal);
    }

    private static NamedOnnxValue Value(string name, Tensor t) => t.Type switch
    {
        DataType.String => NamedOnnxValue.CreateFromTensor(name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<string>(t.ToStrings(), t.Shape.Dims)),
        DataType.Float64 => NamedOnnxValue.CreateFromTensor(name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<double>(t.AsSpan<double>().ToArray(), t.Shape.Dims)),
        DataType.Int64 => NamedOnnxValue.CreateFromTensor(name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<long>(t.AsSpan<long>().ToArray(), t.Shape.Dims)),
        _ => NamedOnnxValue.CreateFromTensor(name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>(t.AsSpan<float>().ToArray(), t.Shape.Dims)),
    };
}
