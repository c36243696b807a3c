using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.MachineLearning;

public class FeatureOperatorTests
{
    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64, DataType.Int64, DataType.Int32];

    private static OperatorCase Case(string op) => new(op, 1, "ai.onnx.ml");

    private static AttributeProto Floats(string name, params float[] values) => AttributeProto.Of(name, (IEnumerable<float>)values);

    private static AttributeProto Ints(string name, params long[] values) => AttributeProto.Of(name, (IEnumerable<long>)values);

    private static AttributeProto Texts(string name, params string[] values) => AttributeProto.Of(name, (IEnumerable<string>)values);

    [Theory]
    [MemberData(nameof(Types))]
    public void Scaler_agrees_with_ONNX_Runtime(DataType type)
    {
        Tensor x = new Draw(1).Tensor(type, -50, 50, 5, 3);
        Case("Scaler").Input(x).With(Floats("offset", 1.5f, -3, 0.25f), Floats("scale", 0.1f, 2, -1)).EverywhereWithOnnxRuntime();
        Case("Scaler").Input(x).With(Floats("offset", 1.5f), Floats("scale", 0.1f)).EverywhereWithOnnxRuntime();
        Case("Scaler").Input(new Draw(2).Tensor(type, -50, 50, 3)).With(Floats("offset", 1.5f, -3, 0.25f), Floats("scale", 0.1f, 2, -1)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Normalizer_agrees_with_ONNX_Runtime(DataType type)
    {
        foreach (string norm in (string[])["MAX", "L1", "L2"])
        {
            Tensor x = new Draw(3).Tensor(type, -5, 5, 7, 4);
            // A row of zeros has no norm.
            x.Bytes[..(4 * type.Size())].Clear();
            Case("Normalizer").Input(x).With(AttributeProto.Of("norm", norm)).EverywhereWithOnnxRuntime(1e-6);
            Case("Normalizer").Input(new Draw(4).Tensor(type, -5, 5, 6)).With(AttributeProto.Of("norm", norm)).EverywhereWithOnnxRuntime(1e-6);
        }
    }

    [Fact]
    public void Imputer_replaces_what_is_missing()
    {
        Tensor x = Tensor.Create<float>(new Shape(2, 3), [1, float.NaN, 3, float.NaN, 5, float.NaN]);
        Case("Imputer").Input(x).With(Floats("imputed_value_floats", 7, 8, 9), AttributeProto.Of("replaced_value_float", float.NaN)).EverywhereWithOnnxRuntime();
        Case("Imputer").Input(x).With(Floats("imputed_value_floats", 7), AttributeProto.Of("replaced_value_float", 3f)).EverywhereWithOnnxRuntime();
        Tensor n = Tensor.Create<long>(new Shape(2, 2), [0, 1, -1, 0]);
        Case("Imputer").Input(n).With(Ints("imputed_value_int64s", 7, 8), AttributeProto.Of("replaced_value_int64", 0L)).EverywhereWithOnnxRuntime();
        Assert.Equal([7, 5, 9.0], Case("Imputer").Input(Tensor.Create<double>(new Shape(1, 3), [-1, 5, -1]))
            .With(Floats("imputed_value_floats", 7, 8, 9), AttributeProto.Of("replaced_value_float", -1f)).OnEveryIsa()[0].AsSpan<double>().ToArray());
        Assert.Equal([7, 5], Case("Imputer").Input(Tensor.Create<int>(new Shape(1, 2), [-1, 5]))
            .With(Ints("imputed_value_int64s", 7), AttributeProto.Of("replaced_value_int64", -1L)).OnEveryIsa()[0].AsSpan<int>().ToArray());
    }

    [Fact]
    public void Binarizer_compares_with_its_threshold()
    {
        Case("Binarizer").Input(new Draw(5).Float(3, 4)).With(AttributeProto.Of("threshold", 0.5f)).EverywhereWithOnnxRuntime();
        Assert.Equal([0L, 0, 1], Case("Binarizer").Input(Tensor.Create<long>(new Shape(3), [-1, 2, 3])).With(AttributeProto.Of("threshold", 2f)).OnEveryIsa()[0].AsSpan<long>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void FeatureVectorizer_puts_columns_side_by_side(DataType type)
    {
        var draw = new Draw(6);
        Case("FeatureVectorizer").Input(draw.Tensor(type, -5, 5, 4, 2)).Input(draw.Tensor(type, -5, 5, 4, 3)).With(Ints("inputdimensions", 2, 3)).EverywhereWithOnnxRuntime();
        Case("FeatureVectorizer").Input(draw.Tensor(type, -5, 5, 4, 2)).Input(draw.Tensor(type, -5, 5, 4, 3)).With(Ints("inputdimensions", 1, 5)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void ArrayFeatureExtractor_picks_columns()
    {
        Tensor indices = Tensor.Create<long>(new Shape(3), [2, 0, 2]);
        Case("ArrayFeatureExtractor").Input(new Draw(7).Float(2, 4, 3)).Input(indices).EverywhereWithOnnxRuntime();
        Case("ArrayFeatureExtractor").Input(Tensor.FromStrings(new Shape(3), "a", "b", "c")).Constant(indices).EverywhereWithOnnxRuntime();
        Assert.Contains("index 3 is outside", Case("ArrayFeatureExtractor").Input(new Draw(7).Float(2, 3)).Input(Tensor.Create<long>(new Shape(1), [3])).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OneHotEncoder_marks_categories()
    {
        Case("OneHotEncoder").Input(Tensor.FromStrings(new Shape(2, 2), "rot", "blau", "grün", "")).With(Texts("cats_strings", "blau", "grün", "rot")).EverywhereWithOnnxRuntime();
        foreach (DataType type in (DataType[])[DataType.Float32, DataType.Float64, DataType.Int64])
            Case("OneHotEncoder").Input(new Draw(8).Tensor(type, 0, 4, 5)).With(Ints("cats_int64s", 3, 1, 2)).EverywhereWithOnnxRuntime();
        Assert.Contains("element 1, 'x', is none of the 1 categories",
            Case("OneHotEncoder").Input(Tensor.FromStrings(new Shape(2), "a", "x")).With(Texts("cats_strings", "a"), AttributeProto.Of("zeros", 0L)).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_that_do_not_fit_the_features_are_refused()
    {
        Tensor x = new Draw(9).Float(2, 3);
        Assert.Contains("offset holds 2 numbers", Case("Scaler").Input(x).With(Floats("offset", 1, 2)).Refusal(), StringComparison.Ordinal);
        Assert.Contains("there are 2 imputed values", Case("Imputer").Input(x).With(Floats("imputed_value_floats", 1, 2)).Refusal(), StringComparison.Ordinal);
        Assert.Contains("norm 'L3' is not supported", Case("Normalizer").Input(x).With(AttributeProto.Of("norm", "L3")).Refusal(), StringComparison.Ordinal);
        Assert.Contains("do not fit 1 inputs", Case("FeatureVectorizer").Input(x).With(Ints("inputdimensions", 1, 2)).Refusal(), StringComparison.Ordinal);
        Assert.Contains("one of cats_strings and cats_int64s is needed", Case("OneHotEncoder").Input(x).Refusal(), StringComparison.Ordinal);
        Assert.Contains("has rank 3", Case("Normalizer").Input(new Draw(1).Float(2, 3, 4)).Refusal(), StringComparison.Ordinal);
    }
}
