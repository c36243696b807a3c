using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.MachineLearning;

public class LabelOperatorTests
{
    private static readonly Tensor s_words = Tensor.FromStrings(new Shape(2, 2), "b", "x", "a", "");

    private static OperatorCase Encoder(int opset, Tensor x, params AttributeProto[] attributes) => new OperatorCase("LabelEncoder", opset, "ai.onnx.ml").Input(x).With(attributes);

    private static AttributeProto Floats(string name, params float[] values) => AttributeProto.Of(name, (IEnumerable<float>)values);

    private static AttributeProto Ints(string name, params long[] values) => AttributeProto.Of(name, (IEnumerable<long>)values);

    private static AttributeProto Texts(string name, params string[] values) => AttributeProto.Of(name, (IEnumerable<string>)values);

    private static AttributeProto Of<T>(string name, params T[] values) where T : unmanaged => AttributeProto.Of(name, OnnxGraphBuilder.Tensor<T>(name, values, values.Length));

    [Fact]
    public void The_first_version_knows_strings_and_their_places()
    {
        var classes = Texts("classes_strings", "a", "b", "c");
        Encoder(1, s_words, classes).EverywhereWithOnnxRuntime();
        Encoder(1, s_words, classes, AttributeProto.Of("default_int64", 9L)).EverywhereWithOnnxRuntime();
        Encoder(1, Tensor.Create<long>(new Shape(3), [2, 5, 0]), classes).EverywhereWithOnnxRuntime();
        Encoder(1, Tensor.Create<long>(new Shape(1), [-1]), classes, AttributeProto.Of("default_string", "?")).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void The_second_version_maps_lists()
    {
        Tensor floats = Tensor.Create<float>(new Shape(5), [1.5f, float.NaN, -0f, 0, 7]);
        Encoder(2, s_words, Texts("keys_strings", "a", "b", ""), Floats("values_floats", 1, 2, 3)).EverywhereWithOnnxRuntime();
        Encoder(2, s_words, Texts("keys_strings", "a", "b"), Ints("values_int64s", 1, 2), AttributeProto.Of("default_int64", 5L)).EverywhereWithOnnxRuntime();
        Encoder(2, s_words, Texts("keys_strings", "a", "b"), Texts("values_strings", "A", "B"), AttributeProto.Of("default_string", "?")).EverywhereWithOnnxRuntime();
        Encoder(2, floats, Floats("keys_floats", 0, float.NaN, 1.5f), Texts("values_strings", "zero", "none", "x")).EverywhereWithOnnxRuntime();
        Encoder(2, s_words, Texts("keys_strings", "a", "b", "a"), Ints("values_int64s", 1, 2, 3)).EverywhereWithOnnxRuntime();
        Encoder(2, Tensor.Create<long>(new Shape(2), [3, 4]), Ints("keys_int64s", 4), Floats("values_floats", 0.5f), AttributeProto.Of("default_float", -1f)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void The_fourth_version_maps_tensors()
    {
        Encoder(4, s_words, Texts("keys_strings", "a", "b"), Of<short>("values_tensor", 1, 2), Of<short>("default_tensor", 42)).EverywhereWithOnnxRuntime();
        Encoder(4, Tensor.Create<double>(new Shape(3), [1, double.NaN, 2]), Of("keys_tensor", 1, double.NaN, 1), Of("values_tensor", 0.5, 0.25, 7), Of("default_tensor", 9.0)).EverywhereWithOnnxRuntime();
        Encoder(4, Tensor.Create<long>(new Shape(2), [7, 8]), Ints("keys_int64s", 7), AttributeProto.Of("values_tensor", OnnxGraphBuilder.Tensor("values_tensor", ["sieben"], 1))).EverywhereWithOnnxRuntime();
        Assert.Equal([5, -1], Encoder(4, Tensor.Create<int>(new Shape(2), [3, 4]), Of("keys_tensor", 3), Of("values_tensor", 5)).OnEveryIsa()[0].AsSpan<int>().ToArray());
    }

    [Fact]
    public void CategoryMapper_maps_both_ways()
    {
        OperatorCase Mapper(Tensor x) => new OperatorCase("CategoryMapper", 1, "ai.onnx.ml").Input(x).With(Texts("cats_strings", "a", "b"), Ints("cats_int64s", 10, 20));
        Mapper(s_words).EverywhereWithOnnxRuntime();
        Mapper(Tensor.Create<long>(new Shape(3), [20, 10, 0])).With(AttributeProto.Of("default_string", "?")).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void Lists_that_do_not_fit_are_refused()
    {
        Assert.Contains("there are 2 keys and 1 values", Encoder(2, s_words, Texts("keys_strings", "a", "b"), Ints("values_int64s", 1)).Refusal(), StringComparison.Ordinal);
        Assert.Contains("the keys are of type int64, the input is string", Encoder(2, s_words, Ints("keys_int64s", 1), Ints("values_int64s", 1)).Refusal(), StringComparison.Ordinal);
        Assert.Contains("one of values_strings, values_int64s, values_floats, values_tensor is needed", Encoder(2, s_words, Texts("keys_strings", "a")).Refusal(), StringComparison.Ordinal);
        Assert.Contains("default_tensor is", Encoder(4, s_words, Texts("keys_strings", "a"), Of<short>("values_tensor", 1), Of("default_tensor", 1L)).Refusal(), StringComparison.Ordinal);
    }
}
