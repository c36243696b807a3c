using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Quantization;

/// <summary>Integers of 2 and 4 bits: weights of files, unpacked at load.</summary>
public sealed class PackedIntegerTests
{
    [Theory]
    [InlineData(DataType.Int4, 4)]
    [InlineData(DataType.UInt4, 4)]
    [InlineData(DataType.Int4, 0)]
    [InlineData(DataType.UInt4, 0)]
    public void Weights_of_four_bits_are_dequantized_while_the_plan_is_made(DataType type, long block)
    {
        const int K = 10, N = 7;
        var draw = new Draw(41);
        int[] scales = block == 0 ? [N] : [3, N];
        Tensor x = draw.Float(3, K), scale = draw.Tensor(DataType.Float32, 0.1, 0.5, scales);
        byte[] zero = Packed(draw, scale.Count);
        ModelProto proto = new OnnxGraphBuilder(21).Input("x", DataType.Float32, [3, K])
            .Initializer(new TensorProto { Name = "w", DataType = (int)type, Dims = [K, N], RawData = Packed(draw, K * N) })
            .Initializer("scale", scale.AsSpan<float>().ToArray(), [.. scales.Select(d => (long)d)])
            .Initializer(new TensorProto { Name = "zero", DataType = (int)type, Dims = [.. scales.Select(d => (long)d)], RawData = zero })
            .Node("DequantizeLinear", ["w", "scale", "zero"], ["d"], AttributeProto.Of("axis", block == 0 ? 1L : 0L), AttributeProto.Of("block_size", block))
            .Node("MatMul", ["x", "d"], ["y"]).Output("y").Build();
        // Optimized, ONNX Runtime quantizes the activations too.
        OnnxRuntimeOptions plain = new() { Optimization = Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_DISABLE_ALL };
        using OnnxRuntimeSession oracle = OnnxRuntimeSession.Load(Bytes(proto), "packed", plain);
        using InferenceSession session = new(Model.FromProto(proto, "packed"), new SessionOptions { Threads = 1 });
        TensorAssert.Close(oracle.Run(x)[0], session.Run(x)[0], 1e-5, 1e-5, 0);
        Assert.Single(session.Describe().Steps);
    }

    [Theory]
    [InlineData(DataType.Int4, new byte[] { 0x8F, 0x07 }, new float[] { -1, -8, 7 })]
    [InlineData(DataType.UInt4, new byte[] { 0x8F, 0x07 }, new float[] { 15, 8, 7 })]
    [InlineData(DataType.Int2, new byte[] { 0b_10_11_01_00, 0b_10 }, new float[] { 0, 1, -1, -2, -2 })]
    [InlineData(DataType.UInt2, new byte[] { 0b_10_11_01_00, 0b_10 }, new float[] { 0, 1, 3, 2, 2 })]
    public void Elements_are_unpacked_from_the_lowest_bits_on(DataType type, byte[] packed, float[] expected)
    {
        ModelProto proto = new OnnxGraphBuilder(25).Input("x", DataType.Float32)
            .Initializer(new TensorProto { Name = "w", DataType = (int)type, Dims = [expected.Length], RawData = packed })
            .Node("Cast", ["w"], ["f"], AttributeProto.Of("to", (long)DataType.Float32)).Node("Add", ["f", "x"], ["y"]).Output("y").Build();
        using InferenceSession session = new(Model.FromProto(proto, "packed"), new SessionOptions { Threads = 1 });
        Assert.Equal(expected, session.Run(Draw.Scalar(0))[0].AsSpan<float>().ToArray());
    }

    [Theory]
    [InlineData(DataType.Int4, new[] { 2, 4, -2, -7, 7 })]
    [InlineData(DataType.UInt4, new[] { 2, 4, 14, 9, 7 })]
    [InlineData(DataType.Int2, new[] { -2, 0, -2, 1, -1 })]
    [InlineData(DataType.UInt2, new[] { 2, 0, 2, 1, 3 })]
    public void A_cast_rounds_to_even_and_keeps_the_low_bits(DataType type, int[] expected)
    {
        Tensor x = Tensor.Create<float>(new Shape(5), [2.5f, 3.5f, -2.5f, 9, -9]);
        foreach (DataType from in (DataType[])[DataType.Float32, DataType.Float16, DataType.BFloat16])
        {
            ModelProto proto = new OnnxGraphBuilder(25).Input("x", DataType.Float32, [5]).Node("Cast", ["x"], ["h"], AttributeProto.Of("to", (long)from))
                .Node("Cast", ["h"], ["y"], AttributeProto.Of("to", (long)type)).Output("y").Build();
            using InferenceSession session = new(Model.FromProto(proto, "packed"), new SessionOptions { Threads = 1 });
            Tensor y = session.Run(x)[0];
            Assert.Equal(type, y.Type);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], TensorAssert.At(y, i));
        }
    }

    [Theory]
    [InlineData(DataType.Int4, new[] { -8, -1, 0, 7 })]
    [InlineData(DataType.UInt4, new[] { 0, 0, 0, 15 })]
    [InlineData(DataType.Int2, new[] { -2, -1, 0, 1 })]
    [InlineData(DataType.UInt2, new[] { 0, 0, 0, 3 })]
    public void Quantizing_saturates(DataType type, int[] expected) =>
        new OperatorCase("QuantizeLinear", 25).Input(Tensor.Create<float>(new Shape(4), [-300, -1, 0.4f, 300])).Constant(Draw.Scalar(1))
            .With(AttributeProto.Of("output_dtype", (long)type)).EverywhereWith([Small(type, expected)]);

    [Theory]
    [InlineData(DataType.Float16)]
    [InlineData(DataType.BFloat16)]
    public void Dequantizing_may_state_another_type_than_that_of_the_scale(DataType type)
    {
        Tensor x = new Draw(42).Bytes(DataType.UInt8, 30);
        Tensor y = new OperatorCase("DequantizeLinear", 23).Input(x).Constant(Draw.Scalar(0.25f)).With(AttributeProto.Of("output_dtype", (long)type)).Run()[0];
        Assert.Equal(type, y.Type);
        Assert.Contains("dequantizing to double is not supported; supported: float, float16, bfloat16",
            new OperatorCase("DequantizeLinear", 23).Input(x).Constant(Draw.Scalar(0.25f)).With(AttributeProto.Of("output_dtype", (long)DataType.Float64)).Refusal());
    }

    [Fact]
    public void Floats_of_eight_bits_are_refused_by_name() =>
        Assert.Contains("a cast to Float8E4M3FN is not supported; supported: integers of 2 to 64 bits, floating-point numbers of 16 to 64, bool and string",
            new OperatorCase("Cast", 19).Input(Draw.Scalar(1)).With(AttributeProto.Of("to", (long)ElementType.Float8E4M3FN)).Refusal());

    private static Tensor Small(DataType type, int[] values)
    {
        Tensor t = Tensor.Create(type, new Shape(values.Length));
        for (int i = 0; i < values.Length; i++) t.Bytes[i] = (byte)values[i];
        return t;
    }

    private static byte[] Packed(Draw draw, int elements)
    {
        byte[] packed = draw.Bytes(DataType.UInt8, (elements + 1) / 2).Bytes.ToArray();
        if (elements % 2 == 1) packed[^1] &= 0x0F;
        return packed;
    }

    private static byte[] Bytes(ModelProto proto)
    {
        using MemoryStream stream = new();
        OnnxWriter.Write(proto, stream);
        return stream.ToArray();
    }
}
