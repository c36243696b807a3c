using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>Trees and linear models that scikit-learn, LightGBM and XGBoost trained.</summary>
public class ClassicalModelTests
{
    [Theory]
    [InlineData("lgbm_classifier_tensor")]
    [InlineData("lgbm_regressor_tensor")]
    [InlineData("linear_classifier")]
    [InlineData("linear_regressor")]
    [InlineData("xgboost_classifier_tree")]
    [InlineData("xgboost_regressor_tree")]
    public void Models_agree_with_ONNX_Runtime_for_one_row_and_many(string name)
    {
        string file = SharedData.Require($"models/tract_ml/{name}/model.onnx");
        using var oracle = OnnxRuntimeSession.Load(file, new OnnxRuntimeOptions { Threads = 1 });
        foreach (bool optimize in (bool[])[true, false])
        {
            using var model = Model.Load(file);
            using var session = new InferenceSession(model, new SessionOptions { Optimize = optimize });
            foreach (int rows in (int[])[1, 50])
            {
                Tensor x = Table(rows, model.Inputs[0].Dimensions![1].Size);
                var expected = oracle.Run(x);
                var actual = session.Run(x);
                for (int i = 0; i < expected.Count; i++) Close(expected[i], actual[i], $"{name}, {rows} rows, output {i}");
            }
        }
    }

    [Theory]
    [InlineData("lgbm_classifier_tensor", "probabilities")]
    [InlineData("lgbm_regressor_tensor", "output")]
    [InlineData("xgboost_classifier_tree", "probabilities")]
    [InlineData("xgboost_regressor_tree", "variable")]
    public void Models_return_what_they_were_stored_with(string name, string output)
    {
        using var session = new InferenceSession(Model.Load(SharedData.Require($"models/tract_ml/{name}/model.onnx")));
        var arrays = NumpyArchive.Read(SharedData.Require($"models/tract_ml/{name}/io.npz"));
        Tensor expected = arrays.Single(a => a.Name == output).Value;
        int index = Enumerable.Range(0, session.Outputs.Count).Single(i => session.Outputs[i].Name == output || session.Outputs.Count == 1);
        Tensor actual = session.Run(arrays.Single(a => a.Name == "input").Value)[index];
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            Assert.Equal(expected.Type == DataType.Float64 ? expected.AsSpan<double>()[i] : expected.AsSpan<float>()[i], actual.AsSpan<float>()[i], 1e-5);
    }

    private static Tensor Table(int rows, int columns)
    {
        var random = new Random(7);
        Tensor x = Tensor.Create<float>(new Shape(rows, columns));
        // As spread out as the thresholds of the trees, which were trained on measurements of wines and houses.
        foreach (ref float v in x.AsSpan<float>()) v = MathF.Exp(random.NextSingle() * 8 - 2);
        return x;
    }

    private static void Close(Tensor expected, Tensor actual, string what)
    {
        Assert.True(expected.Type == actual.Type && expected.Shape == actual.Shape, $"{what}: {actual} instead of {expected}");
        if (expected.Type != DataType.Float32)
        {
            Assert.True(expected.Bytes.SequenceEqual(actual.Bytes), what);
            return;
        }

        float range = Math.Max(1, expected.AsSpan<float>().ToArray().Max(Math.Abs));
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected.AsSpan<float>()[i] - actual.AsSpan<float>()[i]) <= 1e-5f * range, $"{what}: element {i} is {actual.AsSpan<float>()[i]} instead of {expected.AsSpan<float>()[i]}");
    }
}
