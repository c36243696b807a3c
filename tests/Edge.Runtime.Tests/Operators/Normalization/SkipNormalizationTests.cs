using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Normalization;

/// <summary>The operators that ONNX Runtime's optimizer writes for BERT and its like.</summary>
public class SkipNormalizationTests
{
    private const double Close = 2e-5;
    private const string Microsoft = "com.microsoft";

    [Theory]
    [InlineData(new[] { 2, 5, 24 }, new[] { 2, 5, 24 })]
    [InlineData(new[] { 2, 5, 24 }, new[] { 1, 5, 24 })]
    [InlineData(new[] { 2, 5, 24 }, new[] { 5, 24 })]
    [InlineData(new[] { 5, 19 }, new[] { 5, 19 })]
    public void Skip_normalisations_agree(int[] input, int[] skip)
    {
        var draw = new Draw(input.Length * skip.Length);
        foreach (bool beta in (bool[])[true, false])
            foreach (bool bias in (bool[])[true, false])
            {
                int n = input[^1];
                new OperatorCase("SkipLayerNormalization", 1, Microsoft).Input(draw.Float(input)).Input(draw.Float(skip)).Constant(draw.Float(n))
                    .Constant(beta ? draw.Float(n) : null).Constant(bias ? draw.Float(n) : null).With(AttributeProto.Of("epsilon", 1e-5f)).AgreesWithOnnxRuntime(Close, Close);
                new OperatorCase("SkipSimplifiedLayerNormalization", 1, Microsoft).Input(draw.Float(input)).Input(draw.Float(skip)).Constant(draw.Float(n))
                    .Constant(bias ? draw.Float(n) : null).AgreesWithOnnxRuntime(Close, Close);
            }
    }

    [Fact]
    public void The_sum_is_an_output_where_it_is_asked_for()
    {
        var draw = new Draw(2);
        Tensor x = draw.Float(2, 3, 20), skip = draw.Float(2, 3, 20), bias = draw.Float(20);
        var results = new OperatorCase("SkipLayerNormalization", 1, Microsoft).Input(x).Input(skip).Constant(NormalizationOperatorTests.Ones(20)).Constant(null).Constant(bias)
            .OutputNames("y0", "", "", "y3").OnEveryIsa();
        for (int i = 0; i < x.Count; i++) Assert.Equal(x.AsSpan<float>()[i] + skip.AsSpan<float>()[i] + bias.AsSpan<float>()[i % 20], results[1].AsSpan<float>()[i]);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, false, true)]
    public void EmbedLayerNormalization_agrees(bool segments, bool mask, bool positions)
    {
        var draw = new Draw(5);
        const int Hidden = 20;
        new OperatorCase("EmbedLayerNormalization", 1, Microsoft)
            .Input(draw.Tensor(DataType.Int32, 0, 9, 2, 6)).Input(segments ? draw.Tensor(DataType.Int32, 0, 1, 2, 6) : null)
            .Constant(draw.Float(10, Hidden)).Constant(draw.Float(8, Hidden)).Constant(segments ? draw.Float(2, Hidden) : null)
            .Constant(draw.Float(Hidden)).Constant(draw.Float(Hidden))
            .Input(mask ? draw.Tensor(DataType.Int32, 0, 1, 2, 6) : null).Input(positions ? draw.Tensor(DataType.Int32, 0, 7, 2, 6) : null)
            .With(AttributeProto.Of("epsilon", 1e-5f)).Outputs(3).AgreesWithOnnxRuntime(Close, Close);
    }

    [Fact]
    public void A_word_outside_the_table_is_refused()
    {
        var draw = new Draw(6);
        string message = new OperatorCase("EmbedLayerNormalization", 1, Microsoft)
            .Input(Tensor.Create<int>(new Shape(1, 2), [3, 10])).Input(null).Constant(draw.Float(10, 4)).Constant(draw.Float(8, 4)).Constant(null)
            .Constant(draw.Float(4)).Constant(draw.Float(4)).Outputs(2).Refusal();
        Assert.Contains("word 10 is outside [0, 10)", message, StringComparison.Ordinal);
    }
}
