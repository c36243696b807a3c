using Edge.OnnxRuntime.Selection;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.OnnxRuntime.Tests.Selection;

public sealed class AgreementTests
{
    [Theory]
    [InlineData(0, 10, 0.0009f, true)]
    [InlineData(0, 10, 0.0011f, false)]
    [InlineData(5, 5, 0.0004f, true)]
    [InlineData(5, 5, 0.0006f, false)]
    public void Floats_agree_within_a_share_of_the_range(float low, float high, float error, bool agrees)
    {
        var a = new Agreement(new ModelTraits(false, []));
        a.Add([Models.Row(low, high + error)], [Models.Row(low, high)]);
        Assert.Equal(agrees, a.Refusal(1e-4) is null);
    }

    [Fact]
    public void The_range_is_that_of_all_samples()
    {
        var a = new Agreement(new ModelTraits(false, []));
        a.Add([Models.Row(0.001f, 1)], [Models.Row(0, 1)]);
        Assert.NotNull(a.Refusal(1e-4));
        a.Add([Models.Row(0, 100)], [Models.Row(0, 100)]);
        Assert.Null(a.Refusal(1e-4));
    }

    [Fact]
    public void Infinities_and_NaN_agree_with_themselves()
    {
        var a = new Agreement(new ModelTraits(false, []));
        a.Add([Models.Row(float.NaN, float.PositiveInfinity, 1)], [Models.Row(float.NaN, float.PositiveInfinity, 1)]);
        Assert.Null(a.Refusal(0));
        a.Add([Models.Row(float.NaN)], [Models.Row(1)]);
        Assert.NotNull(a.Refusal(1e9));
    }

    [Fact]
    public void Other_shapes_or_types_do_not_agree()
    {
        var a = new Agreement(new ModelTraits(false, []));
        a.Add([Models.Row(1, 2)], [Models.Row(1, 2, 3)]);
        Assert.Equal("output 0 is float[1,2], and float[1,3] in the reference", a.Refusal(1));
    }

    [Fact]
    public void Texts_agree_when_they_are_the_same()
    {
        var a = new Agreement(new ModelTraits(false, []));
        a.Add([Tensor.FromStrings(new Shape(2), ["good", "bad"])], [Tensor.FromStrings(new Shape(2), ["good", "bad"])]);
        Assert.Null(a.Refusal(0));
        a.Add([Tensor.FromStrings(new Shape(2), ["good", "bad"])], [Tensor.FromStrings(new Shape(2), ["good", "worse"])]);
        Assert.NotNull(a.Refusal(1e9));
    }

    [Theory]
    [InlineData(1, 1, true)] // one step each
    [InlineData(2, 1, true)] // one value in a thousand by two
    [InlineData(2, 2, false)]
    public void Int8_outputs_agree_within_a_step(int steps, int values, bool agrees)
    {
        float[] reference = [.. Enumerable.Range(0, 1000).Select(i => i % 10 * 0.1f)];
        float[] ours = [.. reference];
        for (int i = 0; i < values; i++) ours[i * 10] += steps * 0.1f;
        var a = new Agreement(new ModelTraits(true, [0.1]));
        a.Add([Models.Row(ours)], [Models.Row(reference)]);
        Assert.Equal(agrees, a.Refusal(1e-4) is null);
    }

    [Theory]
    [InlineData(0.009f, false, true)]
    [InlineData(0.02f, true, true)]
    [InlineData(0.02f, false, false)]
    [InlineData(0.06f, true, false)]
    public void Int8_models_without_a_step_agree_by_range_and_label(float error, bool sameTop1, bool agrees)
    {
        var a = new Agreement(new ModelTraits(true, [0]));
        float second = sameTop1 ? 0.5f : 0.999f;
        a.Add([Models.Row(0, 1, second + error)], [Models.Row(0, 1, second)]);
        Assert.Equal(agrees, a.Refusal(1e-4) is null);
    }

    [Fact]
    public void Traits_of_a_model()
    {
        Assert.False(ModelTraits.Of(OnnxReader.Read(Models.Chain(), "chain")).Quantized);
        var quantized = ModelTraits.Of(OnnxReader.Read(Models.Quantized(), "quantized"));
        Assert.True(quantized.Quantized);
        Assert.Equal(0.1f, Assert.Single(quantized.Steps));
    }
}
