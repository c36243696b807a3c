using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Normalization;

public class NormalizationOperatorTests
{
    private const double Close = 2e-5;

    public static TheoryData<int[], long> LayerShapes { get; } = new()
    {
        { [3, 7, 64], -1 },
        { [1, 1], -1 },
        { [5], 0 },
        { [2, 3, 4, 5], 1 },
        { [2, 3, 4, 5], -2 },
        { [4, 17], 1 },
        { [2, 9000], 1 },
        { [1, 33, 1], -2 },
    };

    [Theory]
    [MemberData(nameof(LayerShapes))]
    public void LayerNormalization_agrees_with_all_its_outputs(int[] dims, long axis)
    {
        var draw = new Draw(dims.Length);
        int[] normalized = dims[(int)(axis < 0 ? axis + dims.Length : axis)..];
        foreach (bool bias in (bool[])[true, false])
        {
            var test = new OperatorCase("LayerNormalization").Input(draw.Tensor(DataType.Float32, 1, 9, dims)).Constant(draw.Float(normalized))
                .With(AttributeProto.Of("axis", axis), AttributeProto.Of("epsilon", 1e-3f)).Outputs(3);
            if (bias) test.Input(draw.Float(normalized));
            test.AgreesWithOnnxRuntime(Close, Close);
        }
    }

    [Theory]
    [MemberData(nameof(LayerShapes))]
    public void RMSNormalization_agrees(int[] dims, long axis)
    {
        var draw = new Draw(dims.Length);
        Tensor scale = draw.Float(dims.AsSpan((int)(axis < 0 ? axis + dims.Length : axis)));
        new OperatorCase("RMSNormalization", 23).Input(draw.Float(dims)).Input(scale).With(AttributeProto.Of("axis", axis)).AgreesWithOnnxRuntime(Close, Close);
    }

    [Fact]
    public void A_scale_may_broadcast()
    {
        var draw = new Draw(3);
        Tensor x = draw.Float(2, 3, 4, 5);
        foreach (int[] scale in (int[][])[[5], [1], [], [4, 1], [3, 1, 1], [2, 1, 1, 5], [1, 1, 4, 5], [2, 3, 4, 5]])
        {
            Tensor s = draw.Float(scale), b = draw.Float(4, 5);
            Tensor y = new OperatorCase("LayerNormalization").Input(x).Input(s).Input(b).With(AttributeProto.Of("axis", 2L)).OnEveryIsa()[0];
            Tensor plain = new OperatorCase("LayerNormalization").Input(x).Input(Ones(4, 5)).With(AttributeProto.Of("axis", 2L)).OnEveryIsa()[0];
            Tensor scaled = new OperatorCase("Mul").Input(plain).Input(s).Run()[0];
            TensorAssert.Close(new OperatorCase("Add").Input(scaled).Input(b).Run()[0], y, 1e-6, 1e-6, 0);
        }
    }

    [Fact]
    public void LayerNormalization_of_old_models_and_SimplifiedLayerNormalization_are_ONNX_Runtimes()
    {
        var draw = new Draw(4);
        new OperatorCase("LayerNormalization", 12).Input(draw.Float(2, 5, 24)).Constant(draw.Float(24)).Constant(draw.Float(24)).AgreesWithOnnxRuntime(Close, Close);
        new OperatorCase("SimplifiedLayerNormalization", 14).Input(draw.Float(2, 5, 24)).Constant(draw.Float(24)).AgreesWithOnnxRuntime(Close, Close);
    }

    [Fact]
    public void Rows_far_from_zero_keep_their_digits()
    {
        // A variance taken as E[x²] − E[x]² would be lost here.
        var x = Tensor.Create<float>(new Shape(1, 6), [10000, 10001, 10002, 10003, 10004, 10005]);
        float[] y = new OperatorCase("LayerNormalization").Input(x).Input(Ones(6)).OnEveryIsa()[0].AsSpan<float>().ToArray();
        for (int i = 0; i < 6; i++) Assert.Equal((i - 2.5) / Math.Sqrt(35.0 / 12 + 1e-5), y[i], 1e-5);
    }

    [Fact]
    public void An_empty_tensor_stays_empty() =>
        Assert.Equal(new Shape(0, 4), new OperatorCase("LayerNormalization").Input(Tensor.Create<float>(new Shape(0, 4))).Input(Ones(4)).OnEveryIsa()[0].Shape);

    [Theory]
    [InlineData(18, 2, new[] { 2, 6, 5, 7 })]
    [InlineData(21, 2, new[] { 2, 6, 5, 7 })]
    [InlineData(21, 1, new[] { 1, 4, 33 })]
    [InlineData(21, 4, new[] { 3, 4 })]
    [InlineData(18, 4, new[] { 3, 8, 1, 1 })]
    public void GroupNormalization_agrees_in_both_definitions(int opset, long groups, int[] dims)
    {
        var draw = new Draw(opset + dims.Length);
        int parameters = opset < 21 ? (int)groups : dims[1];
        new OperatorCase("GroupNormalization", opset).Input(draw.Float(dims)).Constant(draw.Float(parameters)).Input(draw.Float(parameters))
            .With(AttributeProto.Of("num_groups", groups), AttributeProto.Of("epsilon", 0.01f)).AgreesWithOnnxRuntime(Close, Close);
    }

    [Theory]
    [InlineData(6, new[] { 2, 3, 5, 7 })]
    [InlineData(17, new[] { 1, 1, 4 })]
    [InlineData(22, new[] { 2, 5, 70, 70 })]
    public void InstanceNormalization_agrees(int opset, int[] dims)
    {
        var draw = new Draw(opset);
        new OperatorCase("InstanceNormalization", opset).Input(draw.Float(dims)).Constant(draw.Float(dims[1])).Input(draw.Float(dims[1])).AgreesWithOnnxRuntime(Close, Close);
        new OperatorCase("InstanceNormalization", opset).Input(draw.Float(dims)).Constant(draw.Float(dims[1])).Input(draw.Float(dims[1])).BehindPool().AgreesWithOnnxRuntime(Close, Close);
    }

    [Theory]
    [InlineData(9, null, new[] { 2, 3, 5, 7 })]
    [InlineData(13, new[] { 0L, 2, 3 }, new[] { 1, 3, 5, 7 })]
    [InlineData(13, new[] { 0L, 1, 2, 3 }, new[] { 2, 3, 5, 7 })]
    [InlineData(13, new[] { 1L, 2, 3 }, new[] { 2, 3, 5, 7 })]
    public void MeanVarianceNormalization_agrees(int opset, long[]? axes, int[] dims)
    {
        var test = new OperatorCase("MeanVarianceNormalization", opset).Input(new Draw(opset).Float(dims));
        if (axes is not null) test.With(AttributeProto.Of("axes", axes));
        test.AgreesWithOnnxRuntime(1e-4, 1e-4);
    }

    [Fact]
    public void MeanVarianceNormalization_of_equal_elements_is_zero()
    {
        var y = new OperatorCase("MeanVarianceNormalization", 13).Input(Ones(2, 2, 3, 3)).OnEveryIsa()[0];
        Assert.All(y.AsSpan<float>().ToArray(), v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void LpNormalization_agrees(DataType type)
    {
        foreach (long axis in (long[])[-1, 0, 1])
            foreach (long p in (long[])[1, 2])
                new OperatorCase("LpNormalization", 22).Input(new Draw(1).Tensor(type, -4, 4, 3, 5, 19)).With(AttributeProto.Of("axis", axis), AttributeProto.Of("p", p))
                    .AgreesWithOnnxRuntime(1e-6, 1e-6);
    }

    [Fact]
    public void LpNormalization_of_zeros_is_zero()
    {
        Tensor y = new OperatorCase("LpNormalization", 22).Input(Tensor.Create<float>(new Shape(2, 2), [0, 0, 3, 4])).OnEveryIsa()[0];
        Assert.Equal([0, 0, 0.6f, 0.8f], y.AsSpan<float>().ToArray());
    }

    [Theory]
    [InlineData(5, 0.75f)]
    [InlineData(4, 0.5f)]
    [InlineData(3, 0.6f)]
    [InlineData(1, 2f)]
    [InlineData(99, 0.75f)]
    public void LRN_agrees(long size, float beta)
    {
        var test = new OperatorCase("LRN", 13).Input(new Draw((int)size).Float(2, 7, 3, 7)).With(AttributeProto.Of("size", size), AttributeProto.Of("alpha", 0.3f), AttributeProto.Of("beta", beta));
        // ONNX Runtime refuses an even size.
        if (size % 2 != 0) test.AgreesWithOnnxRuntime(1e-5, 1e-6);
        else test.OnEveryIsa();
    }

    [Fact]
    public void An_even_LRN_looks_further_behind()
    {
        Tensor x = Tensor.Create<float>(new Shape(1, 3, 1), [1, 2, 4]);
        float[] y = new OperatorCase("LRN", 13).Input(x).With(AttributeProto.Of("size", 2L), AttributeProto.Of("alpha", 2f), AttributeProto.Of("beta", 1f)).OnEveryIsa()[0].AsSpan<float>().ToArray();
        Assert.Equal([1f / 6, 2f / 21, 4f / 17], y);
    }

    [Fact]
    public void What_is_not_supported_is_refused()
    {
        static void Refuses(string message, OperatorCase test) => Assert.Contains(message, test.Refusal(), StringComparison.Ordinal);

        Refuses("stash_type 16 is not supported; supported: 1 (float)", new OperatorCase("LayerNormalization").Input(Ones(2, 4)).Input(Ones(4)).With(AttributeProto.Of("stash_type", 16L)));
        Refuses("axis 2 is outside [-2, 2)", new OperatorCase("LayerNormalization").Input(Ones(2, 4)).Input(Ones(4)).With(AttributeProto.Of("axis", 2L)));
        Refuses("input 1 of shape [3] does not broadcast to [2,4]", new OperatorCase("LayerNormalization").Input(Ones(2, 4)).Input(Ones(3)));
        Refuses("of type int32 is not supported; supported: float", new OperatorCase("LayerNormalization").Input(Tensor.Create<int>(new Shape(2, 4))).Input(Ones(4)));
        Refuses("num_groups 3 does not divide the 4 channels", new OperatorCase("GroupNormalization", 21).Input(Ones(1, 4, 2)).Input(Ones(4)).Input(Ones(4)).With(AttributeProto.Of("num_groups", 3L)));
        Refuses("input 1 has shape [4]; it must be [2]", new OperatorCase("GroupNormalization", 18).Input(Ones(1, 4, 2)).Input(Ones(4)).Input(Ones(4)).With(AttributeProto.Of("num_groups", 2L)));
        Refuses("p 3 is not supported; supported: 1, 2", new OperatorCase("LpNormalization", 22).Input(Ones(2)).With(AttributeProto.Of("p", 3L)));
        Refuses("size 0 is not supported", new OperatorCase("LRN", 13).Input(Ones(1, 2, 3)).With(AttributeProto.Of("size", 0L)));
        Refuses("skip [2,2,4] does not fit input [2,3,4]", new OperatorCase("SkipLayerNormalization", 1, "com.microsoft").Input(Ones(2, 3, 4)).Input(Ones(2, 2, 4)).Input(Ones(4)));
    }

    internal static Tensor Ones(params int[] dims)
    {
        Tensor t = Tensor.Create<float>(new Shape(dims));
        t.AsSpan<float>().Fill(1);
        return t;
    }
}
